/** Stored answers, which clients can retrieve and go on from later: kept in memory and, if so configured, in files. */
import type { CanonicalInputItem, CanonicalResponse } from '../canonical/types.ts';
import type { Logger } from '../log.ts';
import { ResponseFiles } from './response-files.ts';
import { type StoredEntry, toEntry, toKey } from './stored-entry.ts';

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
  readonly size: { readonly entries: number; readonly bytes: number };
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
export function ownerOf(clientId: string, address: string | undefined): string {
  return clientId === address ? '' : clientId;
}

export function createResponseStore(options: ResponseStoreOptions): ResponseStore {
  return new LocalResponseStore(options);
}

class LocalResponseStore implements ResponseStore {
  readonly #options: ResponseStoreOptions;
  readonly #now: () => number;
  readonly #files: ResponseFiles | undefined;
  /** The least lately used first. */
  readonly #entries = new Map<string, StoredEntry>();
  /** What each owner has: keys, the least lately used first, and bytes. */
  readonly #shares = new Map<string, { readonly keys: Set<string>; bytes: number }>();
  /** By owner and item id: the key of the newest answer that has the item. */
  readonly #itemKeys = new Map<string, string>();
  #bytes = 0;
  /** Of the entry that was put in last. */
  #newestKey = '';
  #loading: Promise<void> | undefined;

  constructor(options: ResponseStoreOptions) {
    const { directory, log, now = Date.now } = options;
    this.#options = options;
    this.#now = now;
    this.#files = directory === undefined ? undefined : new ResponseFiles(directory, log);
  }

  async get(owner: string, id: string): Promise<StoredResponse | undefined> {
    await this.#load();
    return toStored(this.#use(toKey(owner, id)));
  }

  async findByItem(owner: string, itemId: string): Promise<StoredResponse | undefined> {
    await this.#load();
    return toStored(this.#use(this.#itemKeys.get(toKey(owner, itemId)) ?? ''));
  }

  async put(stored: StoredResponse): Promise<void> {
    const text = JSON.stringify(stored);
    const entry = toEntry(text, this.#now());
    if (!entry || text.length > this.#options.maxBytes) return;
    this.#insert(entry);
    this.#trim();
    await this.#files?.write(entry);
  }

  async delete(owner: string, id: string): Promise<boolean> {
    await this.#load();
    const entry = this.#forget(toKey(owner, id));
    if (entry) await this.#files?.remove(entry);
    return entry !== undefined;
  }

  get size(): ResponseStore['size'] {
    return { entries: this.#entries.size, bytes: this.#bytes };
  }

  async close(): Promise<void> {
    await this.#files?.settled();
  }

  #insert(entry: StoredEntry): void {
    const key = toKey(entry.owner, entry.id);
    this.#forget(key);
    this.#newestKey = key;
    this.#entries.set(key, entry);
    this.#bytes += entry.text.length;
    const share = this.#shares.get(entry.owner) ?? { keys: new Set(), bytes: 0 };
    this.#shares.set(entry.owner, share);
    share.keys.add(key);
    share.bytes += entry.text.length;
    for (const itemId of entry.itemIds) this.#itemKeys.set(toKey(entry.owner, itemId), key);
  }

  #forget(key: string): StoredEntry | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    this.#bytes -= entry.text.length;
    const share = this.#shares.get(entry.owner)!;
    share.keys.delete(key);
    share.bytes -= entry.text.length;
    if (share.keys.size === 0) this.#shares.delete(entry.owner);
    for (const itemId of entry.itemIds) {
      const itemKey = toKey(entry.owner, itemId);
      if (this.#itemKeys.get(itemKey) === key) this.#itemKeys.delete(itemKey);
    }
    return entry;
  }

  /** Forgets what is too old; and of whoever has the most the least lately used, as long as there is too much. */
  #trim(): void {
    const { maxEntries, maxBytes, ttlMs } = this.#options;
    const oldestMs = this.#now() - ttlMs;
    for (const [key, entry] of this.#entries) {
      if (entry.usedAtMs > oldestMs) break;
      this.#drop(key);
    }
    while (this.#entries.size > maxEntries || this.#bytes > maxBytes) this.#drop(this.#findNextToGo());
  }

  /** Of whoever has the most; the newest of all stays, as somebody is just going on from it. */
  #findNextToGo(): string {
    const isTooMany = this.#entries.size > this.#options.maxEntries;
    const newest = this.#newestKey;
    let most = -1;
    let next = newest;
    for (const { keys, bytes } of this.#shares.values()) {
      const size = isTooMany ? keys.size : bytes;
      const [oldest] = keys;
      if (size <= most || oldest === newest) continue;
      most = size;
      next = oldest!;
    }
    return next;
  }

  #drop(key: string): void {
    const entry = this.#forget(key);
    if (entry) void this.#files?.remove(entry);
  }

  #use(key: string): StoredEntry | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    const usedAtMs = this.#now();
    if (entry.usedAtMs <= usedAtMs - this.#options.ttlMs) {
      this.#trim();
      return undefined;
    }
    entry.usedAtMs = usedAtMs;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    const { keys } = this.#shares.get(entry.owner)!;
    keys.delete(key);
    keys.add(key);
    void this.#files?.mark(entry);
    return entry;
  }

  #load(): Promise<void> {
    this.#loading ??= this.#files ? this.#readFiles(this.#files) : Promise.resolve();
    return this.#loading;
  }

  async #readFiles(files: ResponseFiles): Promise<void> {
    const found = await files.list();
    // Answers kept since the start are newer than every file.
    const newer = [...this.#entries.values()];
    this.#entries.clear();
    this.#shares.clear();
    this.#itemKeys.clear();
    this.#bytes = 0;
    for (const file of found) {
      const entry = await files.read(file);
      if (entry) this.#insert(entry);
      this.#trim();
    }
    for (const entry of newer) this.#insert(entry);
    this.#trim();
  }
}

/** The caller's own copy. */
function toStored(entry: StoredEntry | undefined): StoredResponse | undefined {
  return entry && (JSON.parse(entry.text) as StoredResponse);
}
