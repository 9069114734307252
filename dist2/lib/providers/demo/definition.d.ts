/** Present when configured, or when there is neither a sign-in nor another configured provider. */
export declare const demo: Omit<import("../definition.ts").BuiltInProvider, "keys"> & {
    readonly keys: {
        readonly demo: {
            readonly 'x-section': 'Models';
            readonly type: 'boolean';
            readonly default: false;
            readonly description: 'Serve the built-in `demo` model even when a provider has credentials.';
        };
    };
};
