/**
 * What plugins remember of each client, as JSON: in a file of the data folder, or in Redis where several servers share their state.
 * Of whoever has the most, the entry that was not used for longest goes first; it is not missed by the server, only by its plugin.
 */
import { readFileSync } from 'node:fs';
import { parseObject } from '../lenient-json.ts';
import type { Logger } from '../log.ts';
import { writeFileAtomic } from './atomic-file.ts';
import type { RedisConnection } from './redis.ts';

/** Entries of one plugin. Names and values are the plugin's own. */
export interface PluginState {
  /** @param clientId `exchange.clientId`, or '' for what belongs to no client */
  get(clientId: string, name: string): Promise<unknown>;
  /**
   * Keeps a JSON value. @throws RangeError for one that is larger than `pluginStateMaxBytes`; Error while Redis is away
   * @param ttlS seconds after which it is forgotten. Default: never
   */
  set(clientId: string, name: string, value: unknown, ttlS?: number): Promise<void>;
  delete(clientId: string, name: string): Promise<void>;
  /** Adds to a number, and gives the sum; nothing counts as 0. On several servers at a time, every addition counts. */
  add(clientId: string, name: string, by: number, ttlS?: number): Promise<number>;
}

/** The state of all plugins. */
export interface PluginStates extends PluginState {
  /** Keeps the entries of one plugin from those of all others. */
  within(plugin: string): PluginState;
  /** Writes what waits. */
  close(): Promise<void>;
}

export interface PluginStateOptions {
  /** Of the file. Absent, or where there is `redis`: none is written. */
  path?: string;
  maxEntries: number;
  /** Of one value, as JSON. */
  maxBytes: number;
  redis?: RedisConnection | undefined;
  log: Pick<Logger, 'warn'>;
}

interface Entry {
  readonly json: string;
  /** Unix milliseconds. */
  readonly endsAtMs?: number;
}

/** The entries, by key. Reading one makes it the youngest. */
interface Store {
  get(key: string): Promise<string | undefined>;
  set(key: string, json: string, ttlS: number | undefined): Promise<void>;
  delete(key: string): Promise<void>;
  add(key: string, by: number, ttlS: number | undefined): Promise<number>;
  close(): Promise<void>;
}

export function createPluginStates(options: PluginStateOptions): PluginStates {
  const store = options.redis ? new RedisStore(options.redis) : new FileStore(options);
  const within = (plugin: string): PluginState => new OwnState(store, plugin, options.maxBytes);
  return Object.assign(within(''), { within, close: () => store.close() });
}

/** For commands, which neither know what the server's plugins remember nor add to it. */
export function createEmptyStates(log: Pick<Logger, 'warn'>): PluginStates {
  return createPluginStates({ maxEntries: 10_000, maxBytes: 4096, log });
}

class OwnState implements PluginState {
  readonly #store: Store;
  readonly #plugin: string;
  readonly #maxBytes: number;

  constructor(store: Store, plugin: string, maxBytes: number) {
    this.#store = store;
    this.#plugin = plugin;
    this.#maxBytes = maxBytes;
  }

  #key(clientId: string, name: string): string {
    // No part can pass for two.
    return JSON.stringify([this.#plugin, clientId, name]);
  }

  readonly get = async (clientId: string, name: string): Promise<unknown> => {
    const json = await this.#store.get(this.#key(clientId, name));
    return json === undefined ? undefined : JSON.parse(json);
  };

  readonly set = async (clientId: string, name: string, value: unknown, ttlS?: number): Promise<void> => {
    const json = JSON.stringify(value);
    if (json === undefined) throw new TypeError('the value of a plugin’s state must be JSON');
    const bytes = Buffer.byteLength(json);
    if (bytes > this.#maxBytes) {
      throw new RangeError(`${bytes} bytes are too many: \`pluginStateMaxBytes\` is ${this.#maxBytes}`);
    }
    await this.#store.set(this.#key(clientId, name), json, ttlS);
  };

  readonly delete = (clientId: string, name: string): Promise<void> => this.#store.delete(this.#key(clientId, name));

  readonly add = (clientId: string, name: string, by: number, ttlS?: number): Promise<number> =>
    this.#store.add(this.#key(clientId, name), by, ttlS);
}

/** Whose an entry is: its key without the name, which holds no such text unescaped. */
function shareOf(key: string): string {
  return key.slice(0, key.lastIndexOf(',"'));
}

/** Between a change and the write of the file, in milliseconds. */
const writeDelayMs = 1_000;

/** The entries of one client of a plugin's, by key, the least lately used first. */
type Share = Map<string, Entry>;

class FileStore implements Store {
  readonly #options: PluginStateOptions;
  /** Those of the least lately used client first. Read when the first entry is asked for. */
  #shares: Map<string, Share> | undefined;
  #size = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: PluginStateOptions) {
    this.#options = options;
  }

  get #open(): Map<string, Share> {
    if (!this.#shares) {
      this.#shares = new Map();
      const { path } = this.#options;
      for (const [key, entry] of Object.entries(path ? readEntries(path) : {})) this.#insert(key, entry);
    }
    return this.#shares;
  }

  #insert(key: string, entry: Entry): void {
    const shares = this.#open;
    this.#take(key);
    const name = shareOf(key);
    const share = shares.get(name) ?? new Map();
    shares.delete(name);
    shares.set(name, share.set(key, entry));
    this.#size += 1;
    while (this.#size > this.#options.maxEntries) this.#take(this.#findNextToGo());
  }

  #take(key: string): Entry | undefined {
    const name = shareOf(key);
    const share = this.#open.get(name);
    const entry = share?.get(key);
    if (!share || !entry) return undefined;
    share.delete(key);
    if (share.size === 0) this.#open.delete(name);
    this.#size -= 1;
    return entry;
  }

  /** Of whoever has the most: nobody's entries push out those of others. */
  #findNextToGo(): string {
    let most: Share = new Map();
    for (const share of this.#open.values()) if (share.size > most.size) most = share;
    return most.keys().next().value!;
  }

  #find(key: string): Entry | undefined {
    const entry = this.#take(key);
    if (!entry || (entry.endsAtMs !== undefined && entry.endsAtMs <= Date.now())) return undefined;
    this.#insert(key, entry);
    return entry;
  }

  #put(key: string, entry: Entry): void {
    this.#insert(key, entry);
    this.#writeSoon();
  }

  async get(key: string): Promise<string | undefined> {
    return this.#find(key)?.json;
  }

  async set(key: string, json: string, ttlS: number | undefined): Promise<void> {
    this.#put(key, { json, ...(ttlS !== undefined && { endsAtMs: Date.now() + ttlS * 1000 }) });
  }

  async delete(key: string): Promise<void> {
    if (this.#take(key)) this.#writeSoon();
  }

  async add(key: string, by: number, ttlS: number | undefined): Promise<number> {
    const entry = this.#find(key);
    const sum = Number(entry ? JSON.parse(entry.json) : 0) + by;
    // As Redis has it.
    if (!Number.isFinite(sum)) throw new TypeError('only a number can be added to');
    const endsAtMs = entry?.endsAtMs ?? (ttlS === undefined ? undefined : Date.now() + ttlS * 1000);
    this.#put(key, { json: String(sum), ...(endsAtMs !== undefined && { endsAtMs }) });
    return sum;
  }

  #writeSoon(): void {
    this.#timer ??= setTimeout(() => this.#write(), writeDelayMs).unref();
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { path, log } = this.#options;
    if (path === undefined) return;
    this.#writing = this.#writing.then(async () => {
      try {
        const text = JSON.stringify(Object.fromEntries([...this.#open.values()].flatMap((share) => [...share])));
        await writeFileAtomic(path, text, { mode: 0o600, directoryMode: 0o700 });
      } catch (error) {
        log.warn('what is remembered of clients cannot be written', { file: path, reason: (error as Error).message });
      }
    });
  }

  async close(): Promise<void> {
    if (this.#timer) this.#write();
    await this.#writing;
  }
}

/** A file that is not there, or is none of ours, holds nothing. */
function readEntries(path: string): Record<string, Entry> {
  try {
    const found = parseObject(readFileSync(path, 'utf8')) ?? {};
    const isEntry = (entry: unknown) => typeof (entry as Entry | null)?.json === 'string';
    return Object.fromEntries(Object.entries(found).filter(([, entry]) => isEntry(entry))) as Record<string, Entry>;
  } catch {
    return {};
  }
}

/** How long an entry without an end is kept after its last change, in seconds: Redis has no other bound for it. */
const maxIdleS = 90 * 24 * 3600;

class RedisStore implements Store {
  readonly #redis: RedisConnection;

  constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  #key(key: string): string {
    return this.#redis.key(`plugin-state:${key}`);
  }

  async get(key: string): Promise<string | undefined> {
    return ((await this.#redis.call('GET', this.#key(key))) as string | null) ?? undefined;
  }

  async set(key: string, json: string, ttlS = maxIdleS): Promise<void> {
    await this.#redis.call('SET', this.#key(key), json, 'EX', Math.max(1, Math.ceil(ttlS)));
  }

  async delete(key: string): Promise<void> {
    await this.#redis.call('DEL', this.#key(key));
  }

  async add(key: string, by: number, ttlS = maxIdleS): Promise<number> {
    const sum = Number(await this.#redis.call('INCRBYFLOAT', this.#key(key), by));
    await this.#redis.call('EXPIRE', this.#key(key), Math.max(1, Math.ceil(ttlS)), 'NX');
    return sum;
  }

  async close(): Promise<void> {}
}
