/** Counts client keys' use in Redis, where several servers count together: each step is one script, so that it is exact. */
import type { RedisConnection } from '../storage/redis.ts';
import type { LimitCounts, LocalCounts, OpenLimit, Taken } from './limit-counts.ts';
import { type Amounts, measures, type Window } from './windows.ts';

/** How long a window's count outlives it, for servers whose clocks differ and requests that end late. */
const lingerMs = 60_000;

/**
 * KEYS: a hash for each window. ARGV: of each window its milliseconds to live and what this server knows of it, for a Redis that
 * knows nothing; then the amounts; then of each limit the place of its window and of its measure, and the limit.
 * Returns the place of the limit that is reached, or 0, and what has been used in each window.
 */
const takeScript = `
local fields = {'requests', 'tokens', 'cost'}
local used = {}
local at = 1
for window, key in ipairs(KEYS) do
  if redis.call('EXISTS', key) == 0 then
    redis.call('HSET', key, 'requests', ARGV[at + 1], 'tokens', ARGV[at + 2], 'cost', ARGV[at + 3])
    redis.call('PEXPIRE', key, ARGV[at])
  end
  used[window] = redis.call('HMGET', key, 'requests', 'tokens', 'cost')
  at = at + 4
end
local amounts = {ARGV[at], ARGV[at + 1], ARGV[at + 2]}
local reached = 0
local number = 0
for place = at + 3, #ARGV, 3 do
  number = number + 1
  local measure = tonumber(ARGV[place + 1])
  local now = tonumber(used[tonumber(ARGV[place])][measure])
  local limit = tonumber(ARGV[place + 2])
  if reached == 0 and (now >= limit or (measure == 1 and now + tonumber(amounts[1]) > limit)) then reached = number end
end
local result = {reached}
for window, key in ipairs(KEYS) do
  for measure, field in ipairs(fields) do
    local now = used[window][measure]
    if reached == 0 then now = redis.call('HINCRBY', key, field, amounts[measure]) end
    result[#result + 1] = tonumber(now)
  end
end
return result`;

/** A window that has ended is not begun anew. */
const correctScript = `
for _, key in ipairs(KEYS) do
  if redis.call('EXISTS', key) == 1 then
    redis.call('HINCRBY', key, 'requests', ARGV[1])
    redis.call('HINCRBY', key, 'tokens', ARGV[2])
    redis.call('HINCRBY', key, 'cost', ARGV[3])
  end
end
return 0`;

/** While Redis is away each server goes on with what it knows. */
export class SharedCounts implements LimitCounts {
  readonly #redis: RedisConnection;
  readonly #local: LocalCounts;

  constructor(redis: RedisConnection, local: LocalCounts) {
    this.#redis = redis;
    this.#local = local;
  }

  async take(clientId: string, limits: readonly OpenLimit[], amounts: Amounts): Promise<Taken> {
    if (!this.#redis.isUp) return this.#local.take(clientId, limits, amounts);
    const windows = windowsOf(limits);
    const known = windows.map((window) => this.#local.countOf(clientId, window));
    const args = [
      ...windows.flatMap((window, index) => [lifeOf(window), ...toNumbers(known[index]!)]),
      ...toNumbers(amounts),
      ...limits.flatMap(({ open, measure, limit }) => [
        windows.indexOf(open) + 1,
        measures.indexOf(measure) + 1,
        limit,
      ]),
    ];
    let told: number[];
    try {
      told = (await this.#run(takeScript, clientId, windows, args)) as number[];
    } catch {
      return this.#local.take(clientId, limits, amounts);
    }
    const [reached, ...numbers] = told;
    for (const [index, window] of windows.entries()) {
      this.#local.learn(clientId, window, fromNumbers(numbers.slice(index * measures.length)));
    }
    const used = limits.map(
      ({ open, measure }) => numbers[windows.indexOf(open) * measures.length + measures.indexOf(measure)]!,
    );
    return { reached: reached ? limits[reached - 1] : undefined, used };
  }

  correct(clientId: string, limits: readonly OpenLimit[], difference: Amounts): void {
    this.#local.correct(clientId, limits, difference);
    if (!this.#redis.isUp) return;
    // Redis has gone meanwhile: this server knows it, and tells when Redis has forgotten the window.
    this.#run(correctScript, clientId, windowsOf(limits), toNumbers(difference)).catch(() => {});
  }

  #run(script: string, clientId: string, windows: readonly Window[], args: readonly number[]): Promise<unknown> {
    // Braces: in a cluster, all of a key's windows are on one server.
    const keys = windows.map(({ name, startMs }) => this.#redis.key(`used:{${clientId}}:${name}:${startMs}`));
    return this.#redis.call('EVAL', script, keys.length, ...keys, ...args);
  }
}

function windowsOf(limits: readonly OpenLimit[]): Window[] {
  return [...new Set(limits.map(({ open }) => open))];
}

function lifeOf({ endMs }: Window): number {
  return Math.max(1, endMs - Date.now()) + lingerMs;
}

function toNumbers(amounts: Amounts): number[] {
  return measures.map((measure) => amounts[measure]);
}

function fromNumbers([requests = 0, tokens = 0, cost = 0]: readonly number[]): Amounts {
  return { requests, tokens, cost };
}
