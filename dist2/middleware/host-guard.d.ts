/**
 * Keeps other sites' pages out, also of a server without keys: a foreign name in Host is DNS rebinding; a foreign origin in
 * Origin is a drive-by request from a page in the operator's own browser. A page served under the server's own name (Origin
 * equals Host) is allowed.
 */
declare const _default: import("../lib/chain/middleware.ts").Middleware<import("../lib/json-schema.ts").JsonSchema>;
export default _default;
