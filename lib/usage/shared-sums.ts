/**
 * The sums of each day in Redis, where several servers add up together. What waits is written about once a second, off the way of
 * requests; while Redis is away it is held, added up by its names.
 */
import { randomUUID } from 'node:crypto';
import type { Logger } from '../log.ts';
import { publicText } from '../public-text.ts';
import type { RedisConnection } from '../storage/redis.ts';
import { addRow, type DaySum, dayOf, foldNames, msPerDay, nameOf, namesOf, startSum } from './day-sums.ts';
import { summedColumns } from './ledger-schema.ts';
import type { PricedRow } from './usage-row.ts';

/** Between two writes, in milliseconds. */
const usualIntervalMs = 1_000;
/** Sums of one command. */
const maxSumsAtOnce = 200;

/**
 * KEYS: the hash of a day, and the number of the last batch that this server has added to it: an answer may be lost, and the batch
 * come again. ARGV: the batch's number, milliseconds to live, most sums of a day, then of each sum three names (its own, without its
 * model, without its client) and what is added. A value is the numbers with spaces between, in the order of the ledger's columns.
 */
const addScript = `-- usage-writer
if tonumber(redis.call('GET', KEYS[2]) or '0') >= tonumber(ARGV[1]) then return 0 end
local most = tonumber(ARGV[3])
for at = 4, #ARGV, 4 do
  local name = ARGV[at]
  if redis.call('HEXISTS', KEYS[1], name) == 0 then
    local count = redis.call('HLEN', KEYS[1])
    if count >= most then name = ARGV[at + 1] end
    if count >= 2 * most and redis.call('HEXISTS', KEYS[1], name) == 0 then name = ARGV[at + 2] end
  end
  local added = {}
  for number in string.gmatch(redis.call('HGET', KEYS[1], name) or '', '%S+') do added[#added + 1] = tonumber(number) end
  local place = 0
  for number in string.gmatch(ARGV[at + 3], '%S+') do
    place = place + 1
    added[place] = string.format('%.17g', (added[place] or 0) + tonumber(number))
  end
  redis.call('HSET', KEYS[1], name, table.concat(added, ' '))
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return 1`;

interface Batch {
  readonly day: string;
  readonly number: number;
  readonly sums: readonly DaySum[];
}

export interface SharedSumsOptions {
  redis: RedisConnection;
  log: Logger;
  /** Of one day: `usageMaxSums`. */
  maxSums: number;
  /** For how long a day is kept: `usageMaxDays`. */
  maxDays: number;
  /** Between two writes, in milliseconds. Default: a second. */
  intervalMs?: number;
}

export class SharedSums {
  readonly #options: SharedSumsOptions;
  readonly #writer = randomUUID();
  #waiting = new Map<string, DaySum>();
  /** Was sent, and may have been added. */
  #batch: Batch | undefined;
  #number = 0;
  #timer: NodeJS.Timeout | undefined;
  #isRefused = false;

  constructor(options: SharedSumsOptions) {
    this.#options = options;
    options.redis.onUp(() => this.#start());
  }

  /** Takes the row of a request that has ended. Never throws. */
  add(row: PricedRow): void {
    const names = namesOf(row);
    let sum = this.#waiting.get(nameOf(names));
    if (!sum) {
      const isFull = this.#waiting.size >= this.#options.maxSums;
      const held = isFull ? foldNames(names)[1] : names;
      sum = this.#waiting.get(nameOf(held)) ?? startSum(held);
      this.#waiting.set(nameOf(held), sum);
    }
    addRow(sum.sums, row);
    this.#start();
  }

  /** Writes what waits, as far as Redis takes it. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    while (await this.#write());
  }

  #start(): void {
    // While Redis is away nothing is tried: it tells when it comes back.
    if (!this.#options.redis.isUp) return;
    this.#timer ??= setTimeout(async () => {
      const hasMore = await this.#write();
      this.#timer = undefined;
      if (hasMore) this.#start();
    }, this.#options.intervalMs ?? usualIntervalMs).unref();
  }

  /** @returns was it taken, and is there more? */
  async #write(): Promise<boolean> {
    this.#batch ??= this.#nextBatch();
    if (!this.#batch || !this.#options.redis.isUp) return false;
    try {
      await this.#add(this.#batch);
    } catch (error) {
      this.#tellRefusal(error as Error);
      return false;
    }
    this.#batch = undefined;
    this.#isRefused = false;
    return this.#waiting.size > 0;
  }

  /** The sums of one day. */
  #nextBatch(): Batch | undefined {
    const [first] = this.#waiting.values();
    if (!first) return undefined;
    const { day } = first;
    const entries = [...this.#waiting].filter(([, sum]) => sum.day === day).slice(0, maxSumsAtOnce);
    for (const [name] of entries) this.#waiting.delete(name);
    this.#number += 1;
    return { day, number: this.#number, sums: entries.map(([, sum]) => sum) };
  }

  async #add({ day, number, sums }: Batch): Promise<void> {
    const { redis, maxSums, maxDays } = this.#options;
    const values = sums.flatMap((sum) => [
      ...[sum, ...foldNames(sum)].map(toField),
      summedColumns.map((column) => sum.sums[column]).join(' '),
    ]);
    const keys = [dayKey(redis, day), redis.key(`usage-writer:{${day}}:${this.#writer}`)];
    await redis.call('EVAL', addScript, keys.length, ...keys, number, maxDays * msPerDay, maxSums, ...values);
  }

  /** Of a Redis that is away its connection has told. */
  #tellRefusal({ message }: Error): void {
    const { redis, log } = this.#options;
    if (!redis.isUp || this.#isRefused) return;
    this.#isRefused = true;
    log.warn('Redis does not take the sums of what was used; they are in the file of this server', {
      reason: publicText(message),
    });
  }
}

/** Braces: in a cluster, all keys of a day are on one server. */
function dayKey(redis: RedisConnection, day: string): string {
  return redis.key(`usage:{${day}}`);
}

function toField({ clientId, client, provider, model }: DaySum): string {
  return JSON.stringify([clientId, provider, model, client]);
}

/**
 * The sums of all servers since a day, by their days; without the days of which Redis knows nothing.
 * @param maxDays for how long Redis keeps a day
 * @throws Error while Redis is away
 */
export async function readSharedSums(
  redis: RedisConnection,
  sinceDay: string,
  maxDays: number,
): Promise<ReadonlyMap<string, readonly DaySum[]>> {
  const nowMs = Date.now();
  const byDay = new Map<string, readonly DaySum[]>();
  // A server whose clock is ahead may have begun the next day.
  for (let back = -1; back <= maxDays; back += 1) {
    const day = dayOf(nowMs - back * msPerDay);
    if (day < sinceDay) break;
    const told = (await redis.call('HGETALL', dayKey(redis, day))) as string[];
    if (told.length > 0) byDay.set(day, toSums(day, told));
  }
  return byDay;
}

function toSums(day: string, told: readonly string[]): DaySum[] {
  const sums: DaySum[] = [];
  for (let index = 0; index < told.length; index += 2) {
    const [clientId, provider, model, client] = JSON.parse(told[index]!) as [string, string, string, string];
    const sum = startSum({ day, clientId, client, provider, model });
    for (const [place, number] of told[index + 1]!.split(' ').entries())
      sum.sums[summedColumns[place]!] = Number(number);
    sums.push(sum);
  }
  return sums;
}
