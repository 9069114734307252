/** Gives each exchange its id, which is the client's own if usable, and returns it as `x-request-id`. */
declare const _default: import("../lib/chain/middleware.ts").Middleware<import("../lib/json-schema.ts").JsonSchema>;
export default _default;
