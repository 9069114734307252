/** Puts the provider's credentials into the upstream request, and renews them when the upstream refuses them. */
declare const _default: import("../lib/chain/middleware.ts").Middleware<import("../lib/json-schema.ts").JsonSchema>;
export default _default;
