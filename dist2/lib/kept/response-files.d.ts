import type { Logger } from '../log.ts';
import { type StoredEntry } from './stored-entry.ts';
export interface FoundFile {
    readonly path: string;
    /** Unix milliseconds. */
    readonly usedAtMs: number;
}
/** Makes changes one after another. They never reject: an answer that cannot be written stays in memory only. */
export declare class ResponseFiles {
    #private;
    constructor(directory: string, log: Logger);
    /** The least lately used first. */
    list(): Promise<FoundFile[]>;
    /** Undefined for an unusable file. */
    read({ path, usedAtMs }: FoundFile): Promise<StoredEntry | undefined>;
    write(entry: StoredEntry): Promise<void>;
    /** Notes when the answer was used last. */
    mark(entry: StoredEntry): Promise<void>;
    remove(entry: StoredEntry): Promise<void>;
    /** Resolves when every change so far has been made. */
    settled(): Promise<void>;
}
