/**
 * Puts the earlier conversation before a request's input (`previous_response_id`, items named by their id), from the answers
 * stored here, and stores the new answer unless the request says `store: false`. A WebSocket also keeps the latter for its own
 * requests. Upstreams need not store anything.
 */
declare const _default: import("../lib/chain/middleware.ts").Middleware<import("../lib/json-schema.ts").JsonSchema>;
export default _default;
