/** A lock older than this is abandoned. Longer than the longest work under it: two attempts of a refresh. */
export declare const lockStaleMs = 60000;
export interface FileLock {
    release(): Promise<void>;
}
/**
 * Waits for the lock.
 *
 * @returns undefined where no lock file can be made, because nothing can be written there
 * @throws Error when the lock is not free within `waitMs`, or the file system fails otherwise
 */
export declare function acquireFileLock(path: string, { now, waitMs }?: {
    now?: () => number;
    waitMs?: number;
}): Promise<FileLock | undefined>;
