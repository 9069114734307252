/** Captures, which answer instead of the upstream that was recorded. */
export declare const replay: Omit<import("../definition.ts").BuiltInProvider, "keys"> & {
    readonly keys: {};
};
