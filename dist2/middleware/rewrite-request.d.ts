/** Builds the upstream request: the part of the canonical request that the provider's backend accepts, in the backend's form. */
declare const _default: import("../lib/chain/middleware.ts").Middleware<import("../lib/json-schema.ts").JsonSchema>;
export default _default;
