/**
 * Turns the upstream's events into the client's answer: emulations, the plugins' transforms, the client API's encoder. Until
 * they come, it keeps the client's connection alive.
 */
declare const _default: import("../lib/chain/middleware.ts").Middleware<import("../lib/json-schema.ts").JsonSchema>;
export default _default;
