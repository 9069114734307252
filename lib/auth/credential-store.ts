/** The credential file (see README.md): any process may read it, one at a time changes it, and writes are atomic. */
import { access, constants, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { decodeText } from '../decode-text.ts';
import { asText, type Json, parseObject } from '../lenient-json.ts';
import type { Logger } from '../log.ts';
import { writeFileAtomic } from '../storage/atomic-file.ts';
import { acquireFileLock } from '../storage/file-lock.ts';
import { makeDirectories } from '../storage/keep-owner.ts';
import {
  type CredentialDocument,
  CredentialFileError,
  type CredentialProvider,
  formatCredentialFile,
  parseCredentialFile,
  readEntry,
  type StoredCredential,
  writeEntry,
} from './credential-file.ts';

/** The store's file in the data directory. */
export const credentialFileName = 'auth.json';

/** Far above any real file; keeps a mistaken path (a disk image, a log) from being read into memory. */
const maxFileBytes = 1024 * 1024;

export interface CredentialStore {
  readonly path: string;
  /** The provider's sign-in as the file has it now. @throws CredentialFileError */
  read(provider: CredentialProvider): Promise<StoredCredential | undefined>;
  /**
   * Changes one provider's entry under a lock that holds across processes. `change` gets the entry as it is under the
   * lock and gives the next one: the same object changes nothing, undefined signs out.
   *
   * `change` may have run when it throws: what it has got must then be kept in memory.
   *
   * @throws CredentialFileError when the file cannot be read or written, and the errors of `change`
   */
  update(
    provider: CredentialProvider,
    change: (current: StoredCredential | undefined) => Promise<StoredCredential | undefined>,
  ): Promise<void>;
  /** Does the provider have an entry: a sign-in, or a sign-out (`null`)? @throws CredentialFileError */
  hasEntry(provider: CredentialProvider): Promise<boolean>;
  /** The hash of the last sign-in in the seed file (credential-seed.ts). */
  readSeedHash(provider: CredentialProvider): Promise<string | undefined>;
  /** @throws CredentialFileError */
  writeSeedHash(provider: CredentialProvider, hash: string): Promise<void>;
  /** Checks that the store is writable, before a person signs in. @throws CredentialFileError when nothing can be written */
  checkWritable(): Promise<void>;
  /** A text that differs when the provider's sign-in may have changed. Costs a `stat` for each file. Never throws. */
  stamp(provider: CredentialProvider): Promise<string>;
}

type Change = Parameters<CredentialStore['update']>[1];

export interface FileCredentialStoreOptions {
  /** Of `auth.json`; the 1.x files `chatgpt.json` and `copilot.json` are looked for beside it. */
  path: string;
  log: Logger;
  /** Unix milliseconds. */
  now?: () => number;
}

export class FileCredentialStore implements CredentialStore {
  readonly path: string;
  readonly #log: Logger;
  readonly #now: () => number;
  #tail: Promise<unknown> = Promise.resolve();

  constructor({ path, log, now = Date.now }: FileCredentialStoreOptions) {
    this.path = path;
    this.#log = log;
    this.#now = now;
  }

  async read(provider: CredentialProvider): Promise<StoredCredential | undefined> {
    return readEntry(await this.#load(provider), provider);
  }

  update(provider: CredentialProvider, change: Change): Promise<void> {
    // Queued inside the process, so that only one of its requests waits on the lock file.
    const turn = this.#tail.then(() => this.#changeUnderLock(provider, change));
    this.#tail = turn.catch(() => {});
    return turn;
  }

  async hasEntry(provider: CredentialProvider): Promise<boolean> {
    return Object.hasOwn((await loadDocument(this.path)) ?? {}, provider);
  }

  async readSeedHash(provider: CredentialProvider): Promise<string | undefined> {
    return asText((await this.#readSeedMemory())[provider]);
  }

  async writeSeedHash(provider: CredentialProvider, hash: string): Promise<void> {
    const memory = await this.#readSeedMemory();
    if (memory[provider] === hash) return;
    await writeText(this.#seedMemoryPath, `${JSON.stringify({ ...memory, [provider]: hash }, null, 2)}\n`);
  }

  async checkWritable(): Promise<void> {
    const target = await this.#prepareTarget();
    await access(dirname(target), constants.W_OK).catch((error) => {
      throw cannotWrite(target, error);
    });
  }

  async stamp(provider: CredentialProvider): Promise<string> {
    const stamps = [this.path, this.#olderPathOf(provider)].map(async (name) => {
      const found = await stat(name).catch(() => undefined);
      return found ? `${found.ino}:${found.mtimeMs}:${found.ctimeMs}:${found.size}` : '';
    });
    return (await Promise.all(stamps)).join('|');
  }

  /** Where OpenCompat 1.x kept the provider's sign-in. */
  #olderPathOf(provider: CredentialProvider): string {
    return join(dirname(this.path), `${provider}.json`);
  }

  get #seedMemoryPath(): string {
    return `${this.path}.seeded`;
  }

  async #load(provider: CredentialProvider): Promise<CredentialDocument> {
    const document = await loadDocument(this.path);
    if (document && Object.hasOwn(document, provider)) return document;
    return { ...document, ...pickEntry(await loadDocument(this.#olderPathOf(provider)), provider) };
  }

  /** An unreadable record counts as missing: then times alone decide, and the record is written anew. */
  async #readSeedMemory(): Promise<Json> {
    return parseObject((await readCredentialText(this.#seedMemoryPath)) ?? '') ?? {};
  }

  /** Resolves symbolic links, so that a file with several names has one lock. Creates its directory. */
  async #prepareTarget(): Promise<string> {
    const target = await realpath(this.path).catch(() => this.path);
    await makeDirectories(dirname(target), 0o700).catch((error) => {
      throw cannotWrite(target, error);
    });
    return target;
  }

  async #changeUnderLock(provider: CredentialProvider, change: Change): Promise<void> {
    const target = await this.#prepareTarget();
    const lock = await acquireFileLock(`${target}.lock`, { now: this.#now });
    try {
      const document = await this.#load(provider);
      const current = readEntry(document, provider);
      const next = await change(current);
      if (next === current) return;
      await writeText(target, formatCredentialFile(writeEntry(document, provider, next)));
      if (this.#log.isDebug) this.#log.debug('wrote the credential file', { path: target, provider });
    } finally {
      await lock?.release();
    }
  }
}

/** @throws CredentialFileError */
async function writeText(path: string, text: string): Promise<void> {
  await writeFileAtomic(path, text).catch((error) => {
    throw cannotWrite(path, error);
  });
}

/** A credential file in any known form; undefined when there is none. @throws CredentialFileError */
export async function loadDocument(path: string): Promise<CredentialDocument | undefined> {
  const text = await readCredentialText(path);
  return text === undefined ? undefined : parseCredentialFile(text, path);
}

/** The text of a file that belongs to the credentials; undefined when there is none. @throws CredentialFileError */
async function readCredentialText(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    if (size > maxFileBytes)
      throw new CredentialFileError(`${path} is larger than ${maxFileBytes} bytes: not a credential file.`);
    return decodeText(await readFile(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (error instanceof CredentialFileError) throw error;
    throw new CredentialFileError(`${path} cannot be read (${code}).`, { cause: error });
  }
}

function pickEntry(document: CredentialDocument | undefined, provider: CredentialProvider): CredentialDocument {
  return document && Object.hasOwn(document, provider) ? { [provider]: document[provider] } : {};
}

const notAllowed = 'let the user who runs this write in its directory, or set XDG_DATA_HOME to another one';

const writeHints: Record<string, string> = {
  EACCES: notAllowed,
  EPERM: notAllowed,
  EROFS: 'it is on a read-only file system; set XDG_DATA_HOME to a directory elsewhere',
  EBUSY: 'it is mounted as a single file, which cannot be replaced; mount its directory instead',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
};

function cannotWrite(path: string, error: NodeJS.ErrnoException): CredentialFileError {
  const { code } = error;
  const hint = Object.hasOwn(writeHints, code ?? '') ? `: ${writeHints[code!]}` : '';
  return new CredentialFileError(`${path} cannot be written (${code ?? error.message})${hint}.`, { cause: error });
}
