/** @throws ConfigError, OpenCompatError when the server cannot start */
export declare function runServe(flags: Record<string, unknown>): Promise<void>;
