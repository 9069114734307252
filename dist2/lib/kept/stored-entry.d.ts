export interface StoredEntry {
    readonly id: string;
    readonly owner: string;
    /** JSON text, so that callers cannot change the stored answer. */
    readonly text: string;
    readonly itemIds: readonly string[];
    /** Unix milliseconds. */
    usedAtMs: number;
}
/** Undefined for a text that is not a stored answer. */
export declare function toEntry(text: string, usedAtMs: number): StoredEntry | undefined;
/** The length prefix keeps owners apart: no owner's name can produce another's key. */
export declare function toKey(owner: string, id: string): string;
