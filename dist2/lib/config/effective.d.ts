import type { ConfigPlaces } from '../options/fragment.ts';
import { type Config, type WrittenConfig } from './schema.ts';
/** @param isTerminal does a person read the log? */
export declare function toConfig(written: WrittenConfig, places: ConfigPlaces, isTerminal: boolean): Config;
/** The schema of a type names its secret settings; a plugin wraps its own options. */
export declare function toProviders(providers: WrittenConfig['providers']): Config['providers'];
