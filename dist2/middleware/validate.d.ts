/**
 * Checks the body against its API's schema and puts it into canonical form. A fault that an upstream of the same API may accept
 * is kept as `exchange.fault`, and thrown if the request has to be translated.
 */
declare const _default: import("../lib/chain/middleware.ts").Middleware<import("../lib/json-schema.ts").JsonSchema>;
export default _default;
