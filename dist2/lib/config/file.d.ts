import { type Fault } from '../options/faults.ts';
/** In the order in which they are looked for in a folder. */
export declare const configFileNames: string[];
/** What the file says at one path. */
export interface FileEntry {
    readonly line: number;
    /** The text as written, if it refers to the environment. */
    readonly reference?: string;
}
export interface ConfigFile {
    readonly path: string;
    /** Keys and values, references to the environment resolved. Not checked yet. */
    readonly values: Record<string, unknown>;
    readonly entries: ReadonlyMap<string, FileEntry>;
    readonly faults: readonly Fault[];
    /** The files that its values refer to. */
    readonly referredFiles: readonly string[];
}
export interface FoundFile {
    readonly path: string;
    /** The source that named it: `--config` or `OPENCOMPAT_CONFIG`; absent if it was found in a default place. */
    readonly namedBy?: string;
    /** Was it found in the current directory, where somebody else may have put it? */
    readonly isOfFolder?: true;
}
export interface ConfigFilePlaces {
    /** Of `--config`. */
    flag?: string;
    /** Of `OPENCOMPAT_CONFIG`. */
    env?: string;
    cwd: string;
    /** The person's own: `$XDG_CONFIG_HOME/opencompat`. */
    configDir: string;
    /** Has the person trusted this folder? */
    isTrusted(folder: string): boolean;
}
/**
 * The file to read: `--config`, else `OPENCOMPAT_CONFIG`, else the one of the current directory where that is trusted, else
 * the person's own.
 * @param warnings gets a line for each further file that is ignored
 * @returns beside it, the file of the current directory, if it was ignored as untrusted
 */
export declare function findConfigFile({ flag, env, cwd, configDir, isTrusted }: ConfigFilePlaces, warnings: string[]): {
    found?: FoundFile;
    untrusted?: string;
};
/** JSON is YAML too, so one reader serves both. */
export declare function readConfigFile({ path, namedBy }: FoundFile, env: NodeJS.ProcessEnv): ConfigFile;
