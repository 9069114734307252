export interface CheckPluginOptions {
    /** JSON. */
    options?: string;
}
/**
 * Checks a plugin, and prints what it finds; status 1 for a failure.
 * @param path its file, or the folder of its package
 * @throws ConfigError where there is none
 */
export declare function checkPlugin(path: string, given: CheckPluginOptions): Promise<void>;
