/**
 * Puts the conversation that is held here before the messages of a request that continues a thread, and has the answer of every
 * request with a thread held (Messages only). To the boxes behind it the request is one with all its messages.
 */
declare const _default: import("../lib/chain/middleware.ts").Middleware<import("../lib/json-schema.ts").JsonSchema>;
export default _default;
