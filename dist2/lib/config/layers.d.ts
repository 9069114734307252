/** The values of each source (the file, the environment, the flags), their places and their faults. */
import type { JsonSchema } from '../json-schema.ts';
import { type Fault } from '../options/faults.ts';
import type { ConfigFile } from './file.ts';
export type Origin = 'default' | 'file' | 'environment' | 'flag';
/** Values from one source. */
export interface Layer {
    readonly origin: Exclude<Origin, 'default'>;
    readonly values: Readonly<Record<string, unknown>>;
    /** Where a path's value was given. */
    place(path: string): Pick<Fault, 'line' | 'source'>;
    /** The text that may be printed for a path, when the value itself came from elsewhere. */
    written?(path: string): string | undefined;
}
/** What values are checked against: one key, or all of them at once; and the file of keys that are made here. */
export declare const checkedSchemas: readonly JsonSchema[];
export interface LayerSources {
    readonly file: ConfigFile | undefined;
    readonly env: NodeJS.ProcessEnv;
    readonly flags: Readonly<Record<string, unknown>>;
    /** The base of relative paths in the file. */
    readonly baseDir: string;
    /** The base of all other relative paths. */
    readonly cwd: string;
}
/**
 * The layers from the weakest to the strongest.
 * @param warnings gets a line for each unknown variable
 */
export declare function readLayers({ file, env, flags, baseDir, cwd }: LayerSources, warnings: string[]): Layer[];
/** The key of the configuration that a path is in. */
export declare function topOf(path: string): string;
/** The faults of one layer's values; texts from the environment are never shown. */
export declare function checkLayer(layer: Layer): Fault[];
