/**
 * What each client key keeps in Redis, so that nobody's answers fill it and push others' out: an index for each owner, sorted by
 * the last use. An entry names the answer and its items by hashes.
 */
import type { RedisConnection } from '../storage/redis.ts';

/** One kept answer: all names are hashes. */
export interface KeptEntry {
  /** Of the answer's key. */
  hash: string;
  /** Of the keys of its items. */
  itemHashes: readonly string[];
  /** Size as JSON text, in UTF-16 units. */
  size: number;
}

export interface SharedQuotaOptions {
  redis: RedisConnection;
  /** Of one owner. */
  maxEntries: number;
  /** Of all entries of one owner. */
  maxBytes: number;
  ttlMs: number;
  now?: () => number;
}

/**
 * KEYS: the index. ARGV: the time, the life of an entry, most entries, most bytes, the new entry. Returns the entries that have to
 * go: the least lately used ones, never the new one, which replaces an older state of the same answer. In one step, as several servers write at a time.
 */
const script = `
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1] - ARGV[2])
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[5])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local entries, count, bytes, gone = {}, 0, 0, {}
local hash = string.match(ARGV[5], '|(%x+)')
for _, entry in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  if entry ~= ARGV[5] and string.match(entry, '|(%x+)') == hash then
    redis.call('ZREM', KEYS[1], entry)
  else
    count = count + 1
    entries[count] = entry
    bytes = bytes + tonumber(string.match(entry, '^%d+'))
  end
end
for _, entry in ipairs(entries) do
  if count <= tonumber(ARGV[3]) and bytes <= tonumber(ARGV[4]) then break end
  if entry ~= ARGV[5] then
    redis.call('ZREM', KEYS[1], entry)
    gone[#gone + 1] = entry
    count = count - 1
    bytes = bytes - tonumber(string.match(entry, '^%d+'))
  end
end
return gone`;

export class SharedQuota {
  readonly #options: SharedQuotaOptions;
  readonly #now: () => number;

  constructor(options: SharedQuotaOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Notes a new entry. @returns the hashes of the entries that have to go for it, and of their items */
  async add(owner: string, entry: KeptEntry): Promise<Omit<KeptEntry, 'size'>[]> {
    const { redis, ttlMs, maxEntries, maxBytes } = this.#options;
    const limits = [this.#now(), ttlMs, maxEntries, maxBytes];
    const gone = await redis.call('EVAL', script, 1, this.#indexOf(owner), ...limits, toText(entry));
    return Array.isArray(gone) ? gone.map(fromText) : [];
  }

  /** Notes that an entry was used. */
  async use(owner: string, entry: KeptEntry): Promise<void> {
    await this.#options.redis.call('ZADD', this.#indexOf(owner), 'XX', this.#now(), toText(entry));
  }

  async remove(owner: string, entry: KeptEntry): Promise<void> {
    await this.#options.redis.call('ZREM', this.#indexOf(owner), toText(entry));
  }

  #indexOf(owner: string): string {
    return this.#options.redis.key(`responses-of:${owner}`);
  }
}

function toText({ hash, itemHashes, size }: KeptEntry): string {
  return [size, hash, ...itemHashes].join('|');
}

function fromText(text: unknown): Omit<KeptEntry, 'size'> {
  const [, hash = '', ...itemHashes] = String(text).split('|');
  return { hash, itemHashes };
}
