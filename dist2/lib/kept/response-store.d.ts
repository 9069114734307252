/** Stored answers, which clients can retrieve and go on from later: kept in memory and, if so configured, in files. */
import type { CanonicalInputItem, CanonicalResponse } from '../canonical/types.ts';
import type { Logger } from '../log.ts';
/** What a request that continues a thread leaves out. */
export interface ThreadState {
    readonly messages: readonly object[];
    readonly system?: unknown;
    readonly tools?: unknown;
}
/** A thread as it is stored. */
export interface StoredThread {
    /** Unix milliseconds. */
    readonly untilMs: number;
    /** Absent: another answer has continued from this one. */
    readonly state?: ThreadState;
}
export interface StoredResponse {
    /** `resp_…` */
    id: string;
    /** The owner (see `ownerOf`), who alone finds it. */
    owner: string;
    /** The request's own input, in canonical form; the earlier conversation is found by `previousId`. */
    input: CanonicalInputItem[];
    previousId?: string;
    response: CanonicalResponse;
    /** Under the id of a message of the Messages API: the conversation up to it. Then `input` and the response are empty. */
    thread?: StoredThread;
}
/** Keeps answers. It may forget any of them at any time, and returns copies. */
export interface ResponseStore {
    get(owner: string, id: string): Promise<StoredResponse | undefined>;
    /** The newest answer with an item of this id. */
    findByItem(owner: string, itemId: string): Promise<StoredResponse | undefined>;
    /** Takes the answer synchronously; the promise resolves when it is stored safely. */
    put(stored: StoredResponse): Promise<void>;
    /** false: there was none. */
    delete(owner: string, id: string): Promise<boolean>;
    /** What is in memory: answers, and their size as `maxBytes` counts it. */
    readonly size: {
        readonly entries: number;
        readonly bytes: number;
    };
    close(): Promise<void>;
}
export interface ResponseStoreOptions {
    maxEntries: number;
    /** Of all entries, as JSON text, in UTF-16 units. */
    maxBytes: number;
    /** Time after its last use for which an answer is kept. */
    ttlMs: number;
    /** Where each answer is a file as well. Absent: memory only. */
    directory?: string;
    log: Logger;
    now?: () => number;
}
/**
 * The owner whose answers a request may see: its client key; without configured keys, all clients share one owner.
 * @param clientId the hash of its key; without keys, its address
 * @param address of the client
 */
export declare function ownerOf(clientId: string, address: string | undefined): string;
export declare function createResponseStore(options: ResponseStoreOptions): ResponseStore;
