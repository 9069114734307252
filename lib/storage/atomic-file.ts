import { randomBytes } from 'node:crypto';
import { open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { giveTo, makeDirectories, ownerToKeep } from './keep-owner.ts';

/** A temporary file this old belongs to a writer that was killed; a live one is there for milliseconds. */
const staleTempMs = 10 * 60_000;

/** Errors of file systems that cannot sync a directory: the rename has happened, only its durability is theirs. */
const directorySyncUnsupported = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'EPERM', 'EACCES', 'EISDIR', 'EBADF']);

export interface WriteFileAtomicOptions {
  /** Permission bits of the file. Default 0o600. */
  mode?: number;
  /** Permission bits of directories that must be made. Default 0o700. */
  directoryMode?: number;
}

/**
 * Replaces a file's whole text atomically: after a crash, kill -9, a full disk or two writers the path holds the old or the new
 * text, never a mixture. A symbolic link is followed: what it points at is replaced. Its owner stays the same, even if root
 * writes.
 *
 * @throws the file system's error; the old file is then untouched, unless syncing the directory was all that failed.
 */
export async function writeFileAtomic(
  path: string,
  text: string,
  { mode = 0o600, directoryMode = 0o700 }: WriteFileAtomicOptions = {},
): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const directory = dirname(target);
  const tempPrefix = `.${basename(target)}.`;
  await makeDirectories(directory, directoryMode);
  const owner = await ownerToKeep(target);
  await removeStaleTemps(directory, tempPrefix);

  // In the same directory, because rename is atomic only inside one file system.
  const temp = join(directory, `${tempPrefix}${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await open(temp, 'wx', mode);
    try {
      if (owner) await giveTo(owner, target, (uid, gid) => file.chown(uid, gid));
      await file.writeFile(text);
      // Before the rename: otherwise a power cut can leave the new name with no content.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temp, target);
  } catch (error) {
    await rm(temp, { force: true }).catch(() => {});
    throw error;
  }
  await syncDirectory(directory);
}

async function syncDirectory(path: string): Promise<void> {
  try {
    const directory = await open(path, 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  } catch (error) {
    if (!directorySyncUnsupported.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** Cleans up; its failures do not fail the write. */
async function removeStaleTemps(directory: string, prefix: string): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    if (!name.startsWith(prefix) || !name.endsWith('.tmp')) continue;
    const path = join(directory, name);
    const modifiedAtMs = (await stat(path).catch(() => undefined))?.mtimeMs;
    if (modifiedAtMs !== undefined && Date.now() - modifiedAtMs > staleTempMs)
      await rm(path, { force: true }).catch(() => {});
  }
}
