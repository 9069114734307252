export interface WriteFileAtomicOptions {
    /** Permission bits of the file. Default 0o600. */
    mode?: number;
    /** Permission bits of directories that must be made. Default 0o700. */
    directoryMode?: number;
}
/**
 * Replaces a file's whole text atomically: after a crash, kill -9, a full disk or two writers the path holds the old or the new
 * text, never a mixture. A symbolic link is followed: what it points at is replaced. Its owner stays the same, even if root
 * writes.
 *
 * @throws the file system's error; the old file is then untouched, unless syncing the directory was all that failed.
 */
export declare function writeFileAtomic(path: string, text: string, { mode, directoryMode }?: WriteFileAtomicOptions): Promise<void>;
