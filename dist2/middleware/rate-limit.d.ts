/**
 * Limits requests by client key, else by address (IPv6 by its /56), with express-rate-limit and OpenAI's headers and error; and
 * what a client key uses, by its own limits.
 */
declare const _default: import("../lib/chain/middleware.ts").Middleware<{
    readonly type: "object";
    readonly additionalProperties: false;
    readonly properties: {
        readonly perMinute: {
            readonly type: "integer";
            readonly minimum: 0;
            readonly description: "Requests a minute; 0 = off. Default: `rateLimit`.";
        };
    };
}>;
export default _default;
