/**
 * Sends the upstream request, once for each choice, and gives the answers to `exchange.openAnswer()`: through
 * http-proxy-middleware where the client's own API is passed on, else with undici. lib/chain/attempt.ts has all retries.
 */
declare const _default: import("../lib/chain/middleware.ts").Middleware<import("../lib/json-schema.ts").JsonSchema>;
export default _default;
