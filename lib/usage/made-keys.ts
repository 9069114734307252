/** Making, changing and revoking client keys, by the command line and in the console. */
import { nameOfPlainKey } from '../config/checks.ts';
import { clientKeySchema } from '../config/client-key-schema.ts';
import { writeHash } from '../config/key-hash.ts';
import type { Config } from '../config/schema.ts';
import { checkOptions } from '../options/check.ts';
import { createKeyText } from './client-keys.ts';
import { changeKeyFile, keyFilePathOf, type MadeKey, readKeyFile } from './key-file.ts';

/** What a key may be given. */
export type KeyRights = Pick<MadeKey, 'limits' | 'models' | 'expires' | 'disabled'>;

/** Why a key cannot be made or changed, in words. */
export class KeyError extends Error {
  override readonly name = 'KeyError';
  readonly kind: 'invalid' | 'taken' | 'unknown' | 'configured';

  constructor(kind: KeyError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

type KeysConfig = Pick<Config, 'apiKeys' | 'clientKeys' | 'dataDir'>;

/** Names of the keys in the configuration. */
export function configuredNames({ apiKeys, clientKeys }: Pick<Config, 'apiKeys' | 'clientKeys'>): string[] {
  return [...apiKeys.map((_, index) => nameOfPlainKey(index)), ...clientKeys.map(({ name }) => name)];
}

/** @returns the key's text, which is kept nowhere @throws KeyError, or Error in words for a file that cannot be used */
export async function makeKey(
  config: KeysConfig,
  name: string,
  rights: KeyRights,
): Promise<{ text: string; made: MadeKey }> {
  const text = createKeyText();
  const key = { name, hash: writeHash(text), ...rights };
  checkKey(key);
  const made = { ...key, created: new Date().toISOString().replace(/\.\d+/, '') };
  await changeKeyFile(keyFilePathOf(config.dataDir), (keys) => {
    if ([...configuredNames(config), ...keys.map((known) => known.name)].includes(name))
      throw new KeyError('taken', `there is a key '${name}' already`);
    return [...keys, made];
  });
  return { text, made };
}

/** @param rights what is to change; undefined takes it away @throws KeyError */
export async function changeKey(config: KeysConfig, name: string, rights: KeyRights): Promise<MadeKey> {
  checkIsMade(config, name);
  let changed: MadeKey | undefined;
  await changeKeyFile(keyFilePathOf(config.dataDir), (keys) =>
    keys.map((key) => {
      if (key.name !== name) return key;
      const { created, ...written } = { ...key, ...rights };
      const given = Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined));
      checkKey(given);
      changed = { ...(given as typeof written), created };
      return changed;
    }),
  );
  if (!changed) throw unknownKey(name);
  return changed;
}

/** Is there a client key of this name? */
export function isKeyName(config: KeysConfig, name: string): boolean {
  const made = readKeyFile(keyFilePathOf(config.dataDir)) ?? [];
  return configuredNames(config).includes(name) || made.some((key) => key.name === name);
}

/** @returns how many are left in the file @throws KeyError */
export async function revokeKey(config: KeysConfig, name: string): Promise<number> {
  checkIsMade(config, name);
  let left = 0;
  await changeKeyFile(keyFilePathOf(config.dataDir), (keys) => {
    const others = keys.filter((key) => key.name !== name);
    if (others.length === keys.length) throw unknownKey(name);
    left = others.length;
    return others;
  });
  return left;
}

function checkKey(key: object): void {
  const [fault] = checkOptions(clientKeySchema, key, '', true);
  if (fault) throw new KeyError('invalid', `${fault.path} ${fault.reason}`.trim());
}

function checkIsMade(config: KeysConfig, name: string): void {
  if (configuredNames(config).includes(name))
    throw new KeyError('configured', `the key '${name}' is one of the configuration: take it out there`);
}

function unknownKey(name: string): KeyError {
  return new KeyError('unknown', `there is no key '${name}'; \`opencompat keys list\` lists them`);
}
