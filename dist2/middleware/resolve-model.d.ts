/**
 * Finds the provider of the model that the client named: provider prefixes, aliases, effort suffixes. Of an alias with a list,
 * the first that can answer now; the others are its fallbacks.
 */
declare const _default: import("../lib/chain/middleware.ts").Middleware<import("../lib/json-schema.ts").JsonSchema>;
export default _default;
