/** @throws ConfigError */
export declare function runConfig({ json, ...flags }: Record<string, unknown>): Promise<void>;
