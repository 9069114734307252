/** A key of this installation: made when it is first needed, kept in a file. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Logger } from '../log.ts';
import { Secret } from '../secret.ts';
import { writeFileAtomic } from './atomic-file.ts';
import { acquireFileLock } from './file-lock.ts';
import { makeDirectories } from './keep-owner.ts';

const secretBytes = 32;
/** Of so many bytes in base64url. */
const minLength = Math.ceil((secretBytes * 4) / 3);

/**
 * The secret in the file, which is made (0600) where there is none; all who share the folder have the same. Never throws: where
 * it can be neither read nor written, the log says so and the secret ends with the process.
 */
export async function openLastingSecret(path: string, log: Pick<Logger, 'warn'>): Promise<Secret> {
  try {
    return (await readSecret(path)) ?? (await makeSecret(path));
  } catch (error) {
    log.warn('a key cannot be kept; what is sealed with it ends with this process', {
      file: path,
      reason: (error as Error).message,
    });
    return new Secret(randomText());
  }
}

const randomText = () => randomBytes(secretBytes).toString('base64url');

/** @returns undefined where there is no file */
async function readSecret(path: string): Promise<Secret | undefined> {
  let text: string;
  try {
    text = (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  if (text.length < minLength) throw new Error(`it holds fewer than ${minLength} characters`);
  return new Secret(text);
}

async function makeSecret(path: string): Promise<Secret> {
  await makeDirectories(dirname(path), 0o700);
  const lock = await acquireFileLock(`${path}.lock`);
  if (!lock) throw new Error('nothing can be written there');
  try {
    // Another process may have been faster.
    const made = await readSecret(path);
    if (made) return made;
    const text = randomText();
    await writeFileAtomic(path, `${text}\n`);
    return new Secret(text);
  } finally {
    await lock.release();
  }
}
