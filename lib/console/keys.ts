/** The client keys, as the console shows and changes them. */
import type { Services } from '../chain/middleware.ts';
import { nameOfPlainKey } from '../config/checks.ts';
import type { Config } from '../config/schema.ts';
import { OpenCompatError } from '../errors.ts';
import { dayOf, msPerDay } from '../usage/day-sums.ts';
import { keyFilePathOf, type MadeKey, readKeyFile } from '../usage/key-file.ts';
import { ledgerPathOf } from '../usage/ledger.ts';
import { readLastUses } from '../usage/ledger-reader.ts';
import { changeKey, KeyError, type KeyRights, makeKey, revokeKey } from '../usage/made-keys.ts';
import { sumUsageOfAll } from '../usage/report.ts';

/** Of which the use of a key is added up. */
const usedDays = 30;

/** All keys, without their hashes. */
export async function listKeys({ config, redis }: Pick<Services, 'config' | 'redis'>): Promise<object[]> {
  const uses = await usesOf(config, redis);
  const shown = (key: Omit<MadeKey, 'hash' | 'created'>, from: string, created?: string) => ({
    name: key.name,
    from,
    ...(created !== undefined && { createdAt: created }),
    ...(key.limits && { limits: key.limits }),
    ...(key.models && { models: key.models }),
    ...(key.expires !== undefined && { expires: key.expires }),
    ...(key.disabled && { disabled: true }),
    ...uses(key.name),
  });
  const made = readKeyFile(keyFilePathOf(config.dataDir)) ?? [];
  return [
    ...config.apiKeys.map((_, index) => shown({ name: nameOfPlainKey(index) }, 'configuration')),
    ...config.clientKeys.map((key) => shown(key as MadeKey, 'configuration')),
    ...made.map((key) => shown(key, 'file', key.created)),
  ];
}

/** By the names of keys, as the ledger has them. */
async function usesOf(config: Config, redis: Services['redis']): Promise<(name: string) => object> {
  if (config.usageStore === 'off') return () => ({});
  const path = ledgerPathOf(config);
  const since = dayOf(Date.now() - (usedDays - 1) * msPerDay);
  const found = await sumUsageOfAll({ path, redis, maxDays: config.usageMaxDays }, 'key', since);
  const sums = new Map(found.map((sum) => [sum.name, sum] as const));
  const last = readLastUses(path);
  return (name) => {
    const [sum, atMs] = [sums.get(name), last.get(name)];
    return {
      ...(atMs !== undefined && { lastUsedAt: new Date(atMs).toISOString() }),
      ...(sum && {
        used: {
          days: usedDays,
          requests: sum.requests,
          tokens: sum.input_tokens + sum.output_tokens,
          cost: sum.cost,
        },
      }),
    };
  };
}

const rightNames = ['limits', 'models', 'expires', 'disabled'] as const;

/** What a body says of a key's rights; `null` takes one away. */
function readRights(body: Readonly<Record<string, unknown>>): KeyRights {
  const given = rightNames.filter((name) => name in body).map((name) => [name, body[name] ?? undefined] as const);
  return Object.fromEntries(given) as KeyRights;
}

function withoutAbsent<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}

/** @returns its text, this once @throws OpenCompatError */
export async function addKey(config: Config, body: Readonly<Record<string, unknown>>): Promise<object> {
  const { name } = body;
  if (typeof name !== 'string') throw new OpenCompatError('OC_MISSING_PARAMETER', {}, { param: 'name' });
  const { text, made } = await inWords(() => makeKey(config, name, withoutAbsent(readRights(body))));
  const { hash: _, created: createdAt, ...entry } = made;
  return { key: text, entry: { ...entry, from: 'file', createdAt } };
}

/** @throws OpenCompatError */
export async function editKey(config: Config, name: string, body: Readonly<Record<string, unknown>>): Promise<object> {
  const { hash: _, created: createdAt, ...entry } = await inWords(() => changeKey(config, name, readRights(body)));
  return { entry: { ...entry, from: 'file', createdAt } };
}

/** @throws OpenCompatError */
export async function removeKey(config: Config, name: string): Promise<void> {
  await inWords(() => revokeKey(config, name));
}

async function inWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { message } = error as Error;
    const reason = `${message[0]?.toUpperCase()}${message.slice(1)}.`;
    if (!(error instanceof KeyError)) throw new OpenCompatError('OC_CONSOLE_CONFLICT', { reason }, { cause: error });
    if (error.kind === 'invalid') throw new OpenCompatError('OC_INVALID_VALUE', { reason });
    if (error.kind === 'unknown') throw new OpenCompatError('OC_CONSOLE_NOT_FOUND', { what: 'key of this name' });
    throw new OpenCompatError('OC_CONSOLE_CONFLICT', { reason });
  }
}
