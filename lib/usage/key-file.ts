/** The client keys that `opencompat keys` makes: hashed, in a file of the data folder, which a running server looks at. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { keyFileSchema } from '../config/client-key-schema.ts';
import type { FromSchema } from '../json-schema.ts';
import { parseObject } from '../lenient-json.ts';
import type { Logger } from '../log.ts';
import { checkOptions } from '../options/check.ts';
import { writeFileAtomic } from '../storage/atomic-file.ts';
import { acquireFileLock } from '../storage/file-lock.ts';
import { makeDirectories } from '../storage/keep-owner.ts';

export type MadeKey = FromSchema<typeof keyFileSchema>['keys'][number];

/** Between two looks of a server at the file, in milliseconds. */
const lookIntervalMs = 500;

export function keyFilePathOf(dataDir: string): string {
  return join(dataDir, 'client-keys.json');
}

/** The keys in a file; undefined where there is none. @throws Error in words for a file that cannot be used */
export function readKeyFile(path: string): readonly MadeKey[] | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const document = parseObject(text);
  const [fault] = document
    ? checkOptions(keyFileSchema, document, '', true)
    : [{ path: '', reason: 'is no JSON object' }];
  if (fault) throw new Error(`${path} holds no client keys: ${fault.path} ${fault.reason}`.replace('  ', ' '));
  return (document as FromSchema<typeof keyFileSchema>).keys;
}

/**
 * Changes the file, one process at a time.
 * @param change gives the new keys; what it throws leaves the file as it is
 * @throws Error for a file that cannot be used, or written
 */
export async function changeKeyFile(
  path: string,
  change: (keys: readonly MadeKey[]) => readonly MadeKey[],
): Promise<void> {
  await makeDirectories(dirname(path), 0o700);
  const lock = await acquireFileLock(`${path}.lock`);
  try {
    const keys = change(readKeyFile(path) ?? []);
    await writeFileAtomic(path, `${JSON.stringify({ version: 1, keys }, null, 2)}\n`);
  } finally {
    await lock?.release();
  }
}

export class KeyFile {
  readonly #path: string;
  readonly #log: Pick<Logger, 'error'>;
  #keys: readonly MadeKey[] | undefined;
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  /** Of the file as it was read last. */
  #state: string | undefined;

  constructor(path: string, log: Pick<Logger, 'error'>) {
    this.#path = path;
    this.#log = log;
  }

  /**
   * The same list as long as the file does not change; undefined where there is no file. One that cannot be used is told in the
   * log, and the keys that were known before go on; without any, nobody is let in.
   */
  read(): readonly MadeKey[] | undefined {
    const nowMs = performance.now();
    if (nowMs - this.#lookedAtMs < lookIntervalMs) return this.#keys;
    this.#lookedAtMs = nowMs;
    try {
      const state = stateOf(this.#path);
      if (state === this.#state) return this.#keys;
      this.#state = state;
      this.#keys = state === undefined ? undefined : readKeyFile(this.#path);
    } catch (error) {
      this.#keys ??= [];
      this.#log.error('the file of client keys cannot be used', { reason: (error as Error).message });
    }
    return this.#keys;
  }
}

/** Differs when the file has changed: it is replaced as a whole. */
function stateOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && `${found.ino} ${found.mtimeMs} ${found.size}`;
}
