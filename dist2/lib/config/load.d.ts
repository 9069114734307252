import { ConfigError, type Fault } from '../options/faults.ts';
import { type Origin } from './layers.ts';
import { type FileEntries } from './located-faults.ts';
import type { Config } from './schema.ts';
export interface LoadConfigOptions {
    /** Default: the process's own. */
    env?: NodeJS.ProcessEnv;
    /** From the command line: `config` (the file) and keys of the configuration, as texts, lists of texts or booleans. */
    flags?: Readonly<Record<string, unknown>>;
    /** Default: the process's own. */
    cwd?: string;
    /** Does a person read the log? Default: when standard output is a terminal. */
    isTerminal?: boolean;
}
/** With its `fileEntries`, `locateFaults` finds the lines of faults that are found later. */
export interface LoadedConfig extends FileEntries {
    readonly config: Config;
    readonly origins: ReadonlyMap<string, Origin>;
    /** Where exactly a value was given, unless it is a default: `/etc/opencompat.config.yaml:3`, `OPENCOMPAT_PORT`, `--port`. */
    readonly places: ReadonlyMap<string, string>;
    /** The files that it was read from, or would be read from if they were there. */
    readonly files: readonly string[];
    /** The configuration of the current directory, if it was ignored as untrusted. */
    readonly untrustedFile?: string;
    /** Warnings for the log. */
    readonly warnings: readonly string[];
}
/** The sound parts of a faulty configuration, in which the faults of chains and providers can still be found. */
export type PartsConfig = Pick<Config, 'middleware' | 'providers' | 'baseDir' | 'file'> & FileEntries;
export declare class FaultyConfigError extends ConfigError {
    /** Without the parts of the wrong shape. */
    readonly parts: PartsConfig;
    constructor(faults: readonly Fault[], file: string | undefined, parts: PartsConfig);
}
/**
 * Reads the configuration from all its sources.
 * @throws FaultyConfigError with every fault of every source
 */
export declare function loadConfig(options?: LoadConfigOptions): LoadedConfig;
