/** One line for each request when it has ended, and its row in the ledger: who, what, how long, how much. Never content, never a secret. */
declare const _default: import("../lib/chain/middleware.ts").Middleware<{
    readonly type: "object";
    readonly additionalProperties: false;
    readonly properties: {
        readonly quiet: {
            readonly type: "array";
            readonly items: {
                readonly type: "string";
            };
            readonly default: readonly ["/health", "/ready", "/metrics"];
            readonly description: "Paths that are logged at level debug only.";
        };
    };
}>;
export default _default;
