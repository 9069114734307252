export interface Directories {
    readonly dataDir: string;
    readonly cacheDir: string;
    readonly configDir: string;
}
/**
 * @param warnings gets a line for each unusable variable
 * @throws ConfigError without a home directory or variables that replace it
 */
export declare function findDirectories(env: NodeJS.ProcessEnv, warnings: string[]): Directories;
/** @throws ConfigError where the directory that the program was started in has been removed */
export declare function currentDirectory(): string;
