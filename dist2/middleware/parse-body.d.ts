/**
 * Reads the JSON body, up to `maxBodyBytes` and `maxBodyValues`, compressed or not. Any media type is taken for JSON (`curl
 * -d` says form data); `host-guard` stops other sites' pages, which could exploit that.
 */
declare const _default: import("../lib/chain/middleware.ts").Middleware<import("../lib/json-schema.ts").JsonSchema>;
export default _default;
