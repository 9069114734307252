export declare const demoKeys: {
    readonly demo: {
        readonly 'x-section': 'Models';
        readonly type: 'boolean';
        readonly default: false;
        readonly description: 'Serve the built-in `demo` model even when a provider has credentials.';
    };
};
