/** Kept answers as files, each under a name that reveals nothing; the file's time is the answer's last use. */
import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../log.ts';
import { writeFileAtomic } from '../storage/atomic-file.ts';
import { type StoredEntry, toEntry, toKey } from './stored-entry.ts';

const fileName = /^[0-9a-f]{64}\.json$/;

export interface FoundFile {
  readonly path: string;
  /** Unix milliseconds. */
  readonly usedAtMs: number;
}

/** Makes changes one after another. They never reject: an answer that cannot be written stays in memory only. */
export class ResponseFiles {
  readonly #directory: string;
  readonly #log: Logger;
  #changing: Promise<void> = Promise.resolve();

  constructor(directory: string, log: Logger) {
    this.#directory = directory;
    this.#log = log;
  }

  /** The least lately used first. */
  async list(): Promise<FoundFile[]> {
    const names = (await readdir(this.#directory).catch(() => [])).filter((name) => fileName.test(name));
    const files: FoundFile[] = [];
    for (const name of names) {
      const path = join(this.#directory, name);
      const usedAtMs = (await stat(path).catch(() => undefined))?.mtimeMs;
      if (usedAtMs !== undefined) files.push({ path, usedAtMs });
    }
    return files.sort((a, b) => a.usedAtMs - b.usedAtMs);
  }

  /** Undefined for an unusable file. */
  async read({ path, usedAtMs }: FoundFile): Promise<StoredEntry | undefined> {
    const text = await readFile(path, 'utf8').catch(() => '');
    const entry = toEntry(text, usedAtMs);
    if (!entry) this.#log.warn('a file of a kept response cannot be used', { path });
    return entry;
  }

  write(entry: StoredEntry): Promise<void> {
    return this.#change('write', () => writeFileAtomic(this.#pathOf(entry), entry.text));
  }

  /** Notes when the answer was used last. */
  mark(entry: StoredEntry): Promise<void> {
    const usedAtS = entry.usedAtMs / 1000;
    return this.#change('mark', () => utimes(this.#pathOf(entry), usedAtS, usedAtS));
  }

  remove(entry: StoredEntry): Promise<void> {
    return this.#change('remove', () => rm(this.#pathOf(entry), { force: true }));
  }

  /** Resolves when every change so far has been made. */
  settled(): Promise<void> {
    return this.#changing;
  }

  #change(what: string, task: () => Promise<void>): Promise<void> {
    this.#changing = this.#changing.then(task).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return;
      this.#log.warn(`cannot ${what} a kept response`, {
        directory: this.#directory,
        reason: error.code ?? error.message,
      });
    });
    return this.#changing;
  }

  #pathOf({ owner, id }: StoredEntry): string {
    return join(this.#directory, `${createHash('sha256').update(toKey(owner, id)).digest('hex')}.json`);
  }
}
