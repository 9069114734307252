/** Prints the packages with the keyword in the node_modules of the configuration's folder and of those above it. */
export declare function listPlugins({ json }: {
    json?: true;
}, flags: object): Promise<void>;
