/** CORS for pages of allowed origins (loopback pages, and `allowedOrigins`): preflights answered, answers readable. */
declare const _default: import("../lib/chain/middleware.ts").Middleware<{
    readonly type: "object";
    readonly additionalProperties: false;
    readonly properties: {
        readonly maxAgeS: {
            readonly type: "integer";
            readonly minimum: 0;
            readonly default: 86400;
            readonly description: "How long a preflight is valid, in seconds.";
        };
    };
}>;
export default _default;
