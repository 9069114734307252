import type { Logger } from '../log.ts';
export interface CachedMeta {
    /** Version of the source: a release tag, a client version. '' when unknown. */
    version: string;
    /** Unix milliseconds; 0 when it is not known. */
    fetchedAtMs: number;
    etag?: string;
}
interface CachedText extends CachedMeta {
    text: string;
}
export interface FileCache {
    /**
     * Undefined without a usable file. Never throws. Synchronous on purpose: a file is read once,
     * when it is first needed, which costs less than a load at every start and leaves no moment with a wrong answer.
     */
    read(name: string): CachedText | undefined;
    /** Never throws: where the directory cannot be written, callers go on with what they have in memory. */
    write(name: string, entry: CachedText): Promise<void>;
    /** The text is still the one at the source. Never throws. */
    touch(name: string, meta: CachedMeta): Promise<void>;
}
export interface FileCacheOptions {
    directory: string;
    /** Largest file that is read. */
    maxBytes: number;
    log: Logger;
}
export declare function createFileCache({ directory, maxBytes, log }: FileCacheOptions): FileCache;
export {};
