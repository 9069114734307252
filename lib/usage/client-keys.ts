import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { nameOfPlainKey } from '../config/checks.ts';
import { writeHash } from '../config/key-hash.ts';
import type { Config } from '../config/schema.ts';
import { OpenCompatError } from '../errors.ts';
import type { KeyFile } from './key-file.ts';
import { type KeyLimit, readLimits } from './windows.ts';

export function hashClientKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** A key of 256 random bits; the prefix tells a reader (and a scanner for lost secrets) whose it is. */
export function createKeyText(): string {
  return `oc-${randomBytes(32).toString('base64url')}`;
}

/** As the configuration has it. */
type WrittenClientKey = Config['clientKeys'][number];

export interface ClientKey {
  /** Its hash, which owns the key's data, so that another key with the same name gets nothing of it. */
  readonly id: string;
  /** For people: as configured, or the place in `apiKeys`. */
  readonly name: string;
  readonly limits: readonly KeyLimit[];
  /** Patterns of the models that it may name; undefined: all. */
  readonly models: readonly string[] | undefined;
  /** As it is written, and the Unix milliseconds from which on it is no longer good. */
  readonly expires: { readonly text: string; readonly atMs: number } | undefined;
  /** May it have its requests recorded? */
  readonly mayRecord: boolean;
  readonly isDisabled: boolean;
}

export interface ClientKeys {
  /** Does every request need one? */
  areNeeded(): boolean;
  /** Undefined for an unknown one. */
  find(presented: string): ClientKey | undefined;
  findByName(name: string): ClientKey | undefined;
}

const msPerDay = 86_400_000;

function toClientKey({
  name,
  hash,
  limits,
  models,
  expires,
  record = false,
  disabled = false,
}: WrittenClientKey): ClientKey {
  return {
    id: hash.slice('sha256:'.length),
    name,
    limits: readLimits(limits),
    models,
    // A day is the last one.
    expires:
      expires === undefined
        ? undefined
        : { text: expires, atMs: Date.parse(expires) + (expires.includes('T') ? 0 : msPerDay) },
    mayRecord: record,
    isDisabled: disabled,
  };
}

interface KnownKey {
  readonly hash: Buffer;
  readonly key: ClientKey;
}

function toKnownKeys(written: readonly WrittenClientKey[]): readonly KnownKey[] {
  return written.map(toClientKey).map((key) => ({ hash: Buffer.from(key.id, 'hex'), key }));
}

/**
 * Keys of the configuration, and those of the file, which are looked at again when it has changed. Keys are long and random, so a
 * plain SHA-256 keeps them safe at rest. Every key is compared with every attempt, in constant time, so that the time reveals
 * nothing about the keys.
 */
export function openClientKeys(
  { apiKeys, clientKeys }: Pick<Config, 'apiKeys' | 'clientKeys'>,
  file: KeyFile,
): ClientKeys {
  const plain = apiKeys.map((key, index) => ({ name: nameOfPlainKey(index), hash: writeHash(key.reveal()) }));
  const configured = toKnownKeys([...plain, ...clientKeys]);
  let written: readonly WrittenClientKey[] | undefined;
  let keys = configured;

  function look(): void {
    const found = file.read();
    if (found === written) return;
    written = found;
    keys = [...configured, ...toKnownKeys(found ?? [])];
  }

  return {
    areNeeded() {
      look();
      // Where keys have been made, the last one that is taken back does not open the server to everybody.
      return configured.length > 0 || written !== undefined;
    },
    find(presented) {
      look();
      const hash = hashClientKey(presented);
      let found: ClientKey | undefined;
      for (const known of keys) if (timingSafeEqual(known.hash, hash)) found = known.key;
      return found;
    },
    findByName(name) {
      look();
      return keys.find(({ key }) => key.name === name)?.key;
    },
  };
}

/** @throws OpenCompatError for a key that is good no longer; whoever has it may know why */
export function checkKeyIsGood({ name, expires, isDisabled }: ClientKey, nowMs: number): void {
  if (isDisabled) throw new OpenCompatError('OC_KEY_DISABLED', { key: name });
  if (expires && nowMs >= expires.atMs)
    throw new OpenCompatError('OC_KEY_EXPIRED', { key: name, expires: expires.text });
}
