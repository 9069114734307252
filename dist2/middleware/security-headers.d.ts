/** `X-Powered-By`, which helmet removes, is switched off in the application. */
declare const _default: import("../lib/chain/middleware.ts").Middleware<import("../lib/json-schema.ts").JsonSchema>;
export default _default;
