/**
 * Tells when files may have changed: written, replaced, removed, or reached by a link that leads elsewhere now, as Kubernetes
 * changes what it mounts (`..data`). Whether they really have changed is for whoever is told to find out.
 *
 * What is watched are the folders in which a part of a file's path stands: a file that is replaced is another file to the
 * system, while its folder stays.
 */
import { type FSWatcher, lstatSync, readlinkSync, type Stats, statSync, watch } from 'node:fs';
import { basename, dirname, isAbsolute, join, parse, sep } from 'node:path';
import type { Logger } from '../log.ts';

/** Changes come in groups, and some programs write a file in several steps: they are told after this time without one. */
const quietMs = 200;
/** As systems have it. */
const maxLinks = 40;

interface WatchedFolder {
  readonly watcher: FSWatcher;
  /** Tells a folder from another one that has taken its place. */
  readonly inode: number;
  names: ReadonlySet<string>;
}

export class FileWatch {
  readonly #onChange: () => void;
  readonly #log: Logger;
  readonly #folders = new Map<string, WatchedFolder>();
  /** Folders of which it has been said that they cannot be watched. */
  readonly #toldFolders = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(onChange: () => void, log: Logger) {
    this.#onChange = onChange;
    this.#log = log;
  }

  /** Watches these files from now on, and no others. Files that are not there yet are waited for. */
  watch(files: readonly string[]): void {
    if (files.length === 0) clearTimeout(this.#timer);
    const wanted = new Map<string, Set<string>>();
    for (const file of files) addPlaces(file, wanted);
    for (const [folder, { watcher, inode }] of this.#folders) {
      if (wanted.has(folder) && statOf(folder)?.ino === inode) continue;
      watcher.close();
      this.#folders.delete(folder);
    }
    for (const [folder, names] of wanted) {
      const known = this.#folders.get(folder);
      if (known) known.names = names;
      else this.#add(folder, names);
    }
  }

  close(): void {
    this.watch([]);
  }

  #add(folder: string, names: ReadonlySet<string>): void {
    const fail = (error: unknown) => {
      const { code, message } = error as NodeJS.ErrnoException;
      const reason = code ?? message;
      if (this.#toldFolders.has(folder)) return;
      this.#toldFolders.add(folder);
      this.#log.warn('changes in a folder are not noticed: `opencompat reload` or SIGHUP takes them up', {
        folder,
        reason,
      });
    };
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => this.#note(folder, name));
      watcher.on('error', fail);
      this.#folders.set(folder, { watcher, inode: statSync(folder).ino, names });
    } catch (error) {
      fail(error);
    }
  }

  /** @param name of the entry that has changed, or of the folder itself; null where the system does not say */
  #note(folder: string, name: string | null): void {
    if (name !== null && name !== basename(folder) && !this.#folders.get(folder)?.names.has(name)) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onChange, quietMs).unref();
  }
}

/** Notes each folder in which a part of the path stands, with the part's name: links, the file itself, or what is not there yet. */
function addPlaces(file: string, places: Map<string, Set<string>>): void {
  const { root } = parse(file);
  let folder = root;
  let rest = partsOf(file.slice(root.length));
  for (let links = 0; rest.length > 0; ) {
    const [name = '', ...others] = rest;
    const path = join(folder, name);
    const found = statOf(path, lstatSync);
    if (found?.isDirectory()) {
      folder = path;
      rest = others;
      continue;
    }
    places.set(folder, (places.get(folder) ?? new Set()).add(name));
    if (!found?.isSymbolicLink() || ++links > maxLinks) return;
    const target = targetOf(path);
    if (target === undefined) return;
    if (isAbsolute(target)) folder = parse(target).root;
    // `..` in a link is of the folder that it stands in.
    rest = [...partsOf(isAbsolute(target) ? target.slice(folder.length) : target), ...others];
    while (rest[0] === '..') {
      folder = dirname(folder);
      rest = rest.slice(1);
    }
  }
}

/** Undefined for a link that is gone by now. */
function targetOf(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}

function partsOf(path: string): string[] {
  return path.split(sep).filter((part) => part !== '' && part !== '.');
}

function statOf(path: string, look: (path: string) => Stats = statSync): Stats | undefined {
  try {
    return look(path);
  } catch {
    return undefined;
  }
}
