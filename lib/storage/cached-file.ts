/**
 * The disk cache: texts that can be fetched again, each `<file>` with a `<file>.meta.json` beside it, the form of OpenCompat 1:
 * `{"version": "<of the text>", "fetched_at": "<RFC 3339>", "etag": "<of the source>"}` (`etag` is optional).
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { asText, parseObject } from '../lenient-json.ts';
import type { Logger } from '../log.ts';
import { writeFileAtomic } from './atomic-file.ts';

export interface CachedMeta {
  /** Version of the source: a release tag, a client version. '' when unknown. */
  version: string;
  /** Unix milliseconds; 0 when it is not known. */
  fetchedAtMs: number;
  etag?: string;
}

interface CachedText extends CachedMeta {
  text: string;
}

export interface FileCache {
  /**
   * Undefined without a usable file. Never throws. Synchronous on purpose: a file is read once,
   * when it is first needed, which costs less than a load at every start and leaves no moment with a wrong answer.
   */
  read(name: string): CachedText | undefined;
  /** Never throws: where the directory cannot be written, callers go on with what they have in memory. */
  write(name: string, entry: CachedText): Promise<void>;
  /** The text is still the one at the source. Never throws. */
  touch(name: string, meta: CachedMeta): Promise<void>;
}

export interface FileCacheOptions {
  directory: string;
  /** Largest file that is read. */
  maxBytes: number;
  log: Logger;
}

export function createFileCache({ directory, maxBytes, log }: FileCacheOptions): FileCache {
  let hasWarned = false;

  function readBounded(path: string): string | undefined {
    try {
      return statSync(path).size <= maxBytes ? readFileSync(path, 'utf8') : undefined;
    } catch {
      return undefined;
    }
  }

  async function replace(name: string, text: string): Promise<void> {
    await writeFileAtomic(join(directory, name), text, { mode: 0o644, directoryMode: 0o700 });
  }

  async function replaceMeta(name: string, { version, fetchedAtMs, etag }: CachedMeta): Promise<void> {
    const meta = { version, fetched_at: new Date(fetchedAtMs).toISOString(), ...(etag && { etag }) };
    await replace(`${name}.meta.json`, `${JSON.stringify(meta)}\n`);
  }

  async function attempt(change: () => Promise<void>): Promise<void> {
    try {
      await change();
    } catch (error) {
      if (hasWarned) return;
      hasWarned = true;
      log.warn('the cache directory cannot be written; what is fetched is kept in memory only', {
        directory,
        reason: (error as NodeJS.ErrnoException).code ?? String(error),
      });
    }
  }

  return {
    read(name) {
      const path = join(directory, name);
      const text = readBounded(path);
      if (!text) return undefined;
      const meta = parseObject(readBounded(`${path}.meta.json`) ?? '') ?? {};
      const fetchedAtMs = Date.parse(asText(meta.fetched_at) ?? '');
      return {
        text,
        version: asText(meta.version) ?? '',
        fetchedAtMs: Number.isNaN(fetchedAtMs) ? 0 : fetchedAtMs,
        etag: asText(meta.etag),
      };
    },

    write: (name, entry) =>
      attempt(async () => {
        // The text first: after a crash between the two, an old etag only costs a download. A new one beside an old text
        // would keep that text for ever.
        await replace(name, entry.text);
        await replaceMeta(name, entry);
      }),

    touch: (name, meta) => attempt(() => replaceMeta(name, meta)),
  };
}
