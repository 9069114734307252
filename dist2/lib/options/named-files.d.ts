import type { ConfigFragment } from './fragment.ts';
/** The files that values of the configuration name, and whose texts belong to it (`x-file`). */
export declare function namedFiles(keys: ConfigFragment, values: object): string[];
