/** Answers that can be asked for, and gone on from, later: kept in memory, and in files where the configuration says so. */
import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { CanonicalInputItem, CanonicalResponse } from '../canonical/types.ts';
import { asObject, asText, parseObject } from '../lenient-json.ts';
import type { Logger } from '../log.ts';
import { writeFileAtomic } from '../storage/atomic-file.ts';

export interface StoredResponse {
  /** `resp_…` */
  id: string;
  /** Whose it is (see `ownerOf`): nobody else finds it. */
  owner: string;
  /** What the request brought itself, in canonical form; what it went on from is found by `previousId`. */
  input: CanonicalInputItem[];
  previousId?: string;
  response: CanonicalResponse;
}

/** Whatever keeps answers. It may forget any of them at any time; what it gives is the caller's own copy. */
export interface ResponseStore {
  get(owner: string, id: string): Promise<StoredResponse | undefined>;
  /** The newest answer that has an item of this id. */
  findByItem(owner: string, itemId: string): Promise<StoredResponse | undefined>;
  /** Takes the answer before it returns for the first time; the promise tells when it is safe. */
  put(stored: StoredResponse): Promise<void>;
  /** false: there was none. */
  delete(owner: string, id: string): Promise<boolean>;
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
 * Whose answers a request may see: those of its client key; without keys everyone's are everyone's.
 * @param clientId the hash of its key; where there are none, its address
 * @param address of the client
 */
export function ownerOf(clientId: string, address: string | undefined): string {
  return clientId === address ? '' : clientId;
}

interface Entry {
  readonly id: string;
  readonly owner: string;
  /** JSON: what is kept cannot be changed by whoever gave or got it. */
  readonly text: string;
  readonly itemIds: readonly string[];
  usedAtMs: number;
}

const fileName = /^[0-9a-f]{64}\.json$/;

/** Keys are told apart by their lengths, so that no name of an owner can reach into another's. */
function toKey(owner: string, id: string): string {
  return `${owner.length}:${owner}${id}`;
}

export function createResponseStore(options: ResponseStoreOptions): ResponseStore {
  const { maxEntries, maxBytes, ttlMs, directory, log, now = Date.now } = options;
  /** The least lately used first. */
  const entries = new Map<string, Entry>();
  /** By owner and item id: the key of the newest answer that has the item. */
  const itemKeys = new Map<string, string>();
  let bytes = 0;
  /** What is being written: one file after another. */
  let writing: Promise<void> = Promise.resolve();
  let loading: Promise<void> | undefined;

  function insert(entry: Entry): void {
    const key = toKey(entry.owner, entry.id);
    forget(key);
    entries.set(key, entry);
    bytes += entry.text.length;
    for (const itemId of entry.itemIds) itemKeys.set(toKey(entry.owner, itemId), key);
  }

  function forget(key: string): Entry | undefined {
    const entry = entries.get(key);
    if (!entry) return undefined;
    entries.delete(key);
    bytes -= entry.text.length;
    for (const itemId of entry.itemIds) {
      const itemKey = toKey(entry.owner, itemId);
      if (itemKeys.get(itemKey) === key) itemKeys.delete(itemKey);
    }
    return entry;
  }

  /** Forgets what is too old, and the least lately used of what is too much. */
  function trim(): void {
    const oldestMs = now() - ttlMs;
    for (const [key, entry] of entries) {
      if (entries.size <= maxEntries && bytes <= maxBytes && entry.usedAtMs > oldestMs) return;
      forget(key);
      removeFile(entry);
    }
  }

  function use(key: string): Entry | undefined {
    const entry = entries.get(key);
    if (!entry) return undefined;
    const usedAtMs = now();
    if (entry.usedAtMs <= usedAtMs - ttlMs) {
      trim();
      return undefined;
    }
    entry.usedAtMs = usedAtMs;
    entries.delete(key);
    entries.set(key, entry);
    if (directory) change('mark', () => utimes(pathOf(entry), usedAtMs / 1000, usedAtMs / 1000));
    return entry;
  }

  function pathOf({ owner, id }: Entry): string {
    return join(directory!, `${createHash('sha256').update(toKey(owner, id)).digest('hex')}.json`);
  }

  /** Never fails: what cannot be written is kept in memory only. */
  function change(what: string, task: () => Promise<void>): Promise<void> {
    writing = writing.then(task).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return;
      log.warn(`cannot ${what} a kept response`, { directory, reason: error.code ?? error.message });
    });
    return writing;
  }

  function removeFile(entry: Entry): void {
    if (directory) void change('remove', () => rm(pathOf(entry), { force: true }));
  }

  function load(): Promise<void> {
    loading ??= directory ? readFiles(directory) : Promise.resolve();
    return loading;
  }

  async function readFiles(folder: string): Promise<void> {
    const names = (await readdir(folder).catch(() => [])).filter((name) => fileName.test(name));
    const files: { path: string; usedAtMs: number }[] = [];
    for (const name of names) {
      const path = join(folder, name);
      const usedAtMs = (await stat(path).catch(() => undefined))?.mtimeMs;
      if (usedAtMs !== undefined) files.push({ path, usedAtMs });
    }
    files.sort((a, b) => a.usedAtMs - b.usedAtMs);
    // What was kept since the start is newer than every file.
    const newer = [...entries.values()];
    entries.clear();
    itemKeys.clear();
    bytes = 0;
    for (const { path, usedAtMs } of files) {
      const text = await readFile(path, 'utf8').catch(() => '');
      const entry = toEntry(text, usedAtMs);
      if (entry) insert(entry);
      else log.warn('a file of a kept response cannot be used', { path });
      trim();
    }
    for (const entry of newer) insert(entry);
    trim();
  }

  return {
    async get(owner, id) {
      await load();
      const entry = use(toKey(owner, id));
      return entry && (JSON.parse(entry.text) as StoredResponse);
    },

    async findByItem(owner, itemId) {
      await load();
      const entry = use(itemKeys.get(toKey(owner, itemId)) ?? '');
      return entry && (JSON.parse(entry.text) as StoredResponse);
    },

    async put(stored) {
      const text = JSON.stringify(stored);
      const entry = toEntry(text, now());
      if (!entry || text.length > maxBytes) return;
      insert(entry);
      trim();
      if (directory) await change('write', () => writeFileAtomic(pathOf(entry), text));
    },

    async delete(owner, id) {
      await load();
      const entry = forget(toKey(owner, id));
      if (entry) removeFile(entry);
      if (directory) await writing;
      return entry !== undefined;
    },

    async close() {
      await writing;
    },
  };
}

/** Undefined for a text that is no stored answer. */
function toEntry(text: string, usedAtMs: number): Entry | undefined {
  const { id, owner, input, response } = parseObject(text) ?? {};
  const output = asObject(response)?.output;
  if (typeof id !== 'string' || typeof owner !== 'string' || !Array.isArray(input) || !Array.isArray(output)) {
    return undefined;
  }
  const itemIds = output.flatMap((item) => asText(asObject(item)?.id) ?? []);
  return { id, owner, text, itemIds, usedAtMs };
}
