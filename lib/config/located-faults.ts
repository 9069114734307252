/** Faults and the lines of the configuration file that they are in. */
import { ConfigError, type Fault, parentPath } from '../options/faults.ts';
import type { FileEntry } from './file.ts';

/** What the file says at each path. */
export interface FileEntries {
  readonly fileEntries: ReadonlyMap<string, FileEntry>;
}

/** The nearest entry of the file at or above a path. */
export function entryAt(entries: ReadonlyMap<string, FileEntry>, path: string): FileEntry | undefined {
  for (let at = path; at; at = parentPath(at)) {
    const entry = entries.get(at);
    if (entry) return entry;
  }
  return undefined;
}

/** Adds the file's lines to faults that were found without it, as those of the chain are. */
export function locateFaults({ fileEntries }: FileEntries, faults: readonly Fault[]): Fault[] {
  return faults.map((fault) => ({ line: entryAt(fileEntries, fault.path)?.line, ...fault }));
}

/** Runs a check that finds further faults (those of the chain), and adds the file's lines to them. */
export async function withLocatedFaults<T>(entries: FileEntries, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ConfigError ? new ConfigError(locateFaults(entries, error.faults), error.file) : error;
  }
}

/** The file's faults from top to bottom, then the others. */
export function inFileOrder(faults: readonly Fault[]): Fault[] {
  return faults.toSorted((a, b) => (a.line ?? Infinity) - (b.line ?? Infinity) || 0);
}
