/** What a changed configuration changes: in words, and what of it has to wait for a restart. */
import { fingerprint } from '../fingerprint.ts';
import { joinPath } from '../options/faults.ts';
import { configKeys } from './keys.ts';
import type { Config } from './schema.ts';

/** The keys that only a start reads (`x-restart`). */
const restartKeys = configKeys.filter(({ schema }) => schema['x-restart'] === true).map(({ name }) => name);

const settingOf = (config: Config, key: string): unknown => config[key as keyof Config];

/**
 * The new configuration as it can be taken up now: keys that only a start reads keep their old values.
 * @returns also those of them that have new ones
 */
export function holdBack(before: Config, after: Config): { config: Config; waiting: string[] } {
  const waiting = restartKeys.filter((key) => isChanged(settingOf(before, key), settingOf(after, key)));
  const kept = Object.fromEntries(restartKeys.map((key) => [key, settingOf(before, key)]));
  return { config: Object.freeze({ ...after, ...kept }), waiting };
}

/** The keys with other values, as in `rateLimit`; of a map its entries, as in `aliases.fast added`. */
export function describeChanges(before: Config, after: Config): string[] {
  return configKeys.flatMap(({ name, schema }) => {
    const [was, is] = [settingOf(before, name), settingOf(after, name)];
    if (!isChanged(was, is)) return [];
    return schema.type === 'object' ? describeEntries(name, was as object, is as object) : [name];
  });
}

function describeEntries(name: string, before: object, after: object): string[] {
  const [was, is] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  const changes = [...new Set([...was.keys(), ...is.keys()])].flatMap((entry) => {
    const path = joinPath(name, entry);
    if (!was.has(entry)) return [`${path} added`];
    if (!is.has(entry)) return [`${path} removed`];
    return isChanged(was.get(entry), is.get(entry)) ? [`${path} changed`] : [];
  });
  // Of providers the order counts too.
  return changes.length > 0 ? changes : [`order of ${name}`];
}

function isChanged(before: unknown, after: unknown): boolean {
  return fingerprint(before) !== fingerprint(after);
}
