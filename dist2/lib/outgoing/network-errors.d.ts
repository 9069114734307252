/** What goes wrong on the way out, in words. Every part that calls out uses these. */
/** The outgoing proxy has refused, or cannot be reached: the server behind it was not asked. */
export declare class ProxyError extends Error {
    readonly name = "ProxyError";
}
/** Why a call came to nothing, in a few words without addresses or headers; the code stands behind them. */
export declare function describeNetworkError(error: unknown): string;
