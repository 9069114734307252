import { keyFileSchema } from '../config/client-key-schema.ts';
import type { FromSchema } from '../json-schema.ts';
import type { Logger } from '../log.ts';
export type MadeKey = FromSchema<typeof keyFileSchema>['keys'][number];
export declare function keyFilePathOf(dataDir: string): string;
/** The keys in a file; undefined where there is none. @throws Error in words for a file that cannot be used */
export declare function readKeyFile(path: string): readonly MadeKey[] | undefined;
/**
 * Changes the file, one process at a time.
 * @param change gives the new keys; what it throws leaves the file as it is
 * @throws Error for a file that cannot be used, or written
 */
export declare function changeKeyFile(path: string, change: (keys: readonly MadeKey[]) => readonly MadeKey[]): Promise<void>;
export declare class KeyFile {
    #private;
    constructor(path: string, log: Pick<Logger, 'error'>);
    /**
     * The same list as long as the file does not change; undefined where there is no file. One that cannot be used is told in the
     * log, and the keys that were known before go on; without any, nobody is let in.
     */
    read(): readonly MadeKey[] | undefined;
}
