/** The folders whose configuration the person has trusted: real paths, in a file beside the credentials. */
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../storage/atomic-file.ts';

const fileName = 'trusted-folders.json';

/** A malformed list counts as empty, so that no folder is trusted by mistake. */
function readFolders(dataDir: string): string[] {
  try {
    const folders: unknown = JSON.parse(readFileSync(join(dataDir, fileName), 'utf8'));
    return Array.isArray(folders) ? folders.filter((folder) => typeof folder === 'string') : [];
  } catch {
    return [];
  }
}

/** The path without symbolic links: a link that is turned elsewhere leads to another folder. */
export function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

/** @param dataDir the person's own data directory */
export function isTrustedFolder(dataDir: string, folder: string): boolean {
  return readFolders(dataDir).includes(realFolder(folder));
}

/** Remembers the answer until it is changed. @throws the file system's error */
export async function setFolderTrust(dataDir: string, folder: string, isTrusted: boolean): Promise<void> {
  const path = realFolder(folder);
  const others = readFolders(dataDir).filter((other) => other !== path);
  const folders = isTrusted ? [...others, path] : others;
  await writeFileAtomic(join(dataDir, fileName), `${JSON.stringify(folders, null, 2)}\n`);
}
