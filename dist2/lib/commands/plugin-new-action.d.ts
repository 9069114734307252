export interface NewPluginOptions {
    provider?: true;
    js?: true;
    ts?: true;
}
/** @throws ConfigError for an unusable name, and where there is such a folder already */
export declare function newPlugin(name: string, { provider, js, ts }: NewPluginOptions): Promise<void>;
