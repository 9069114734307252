import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { currentDirectory, findDirectories } from '../config/directories.ts';
import { realFolder, setFolderTrust } from '../config/trusted-folders.ts';
import { ConfigError } from '../options/faults.ts';

/** @throws ConfigError for a path that is not a directory */
export async function runTrust(directory: string | undefined, { remove }: { remove?: true }): Promise<void> {
  const { dataDir } = findDirectories(process.env, []);
  const folder = realFolder(directory === undefined ? currentDirectory() : resolve(directory));
  // A directory that has been removed can be untrusted too.
  if (!remove && !statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new ConfigError([{ path: '', reason: `${folder} is not a directory` }]);
  }
  await setFolderTrust(dataDir, folder, !remove);
  console.log(
    remove
      ? `An opencompat.config.yaml in ${folder} does not count any more.`
      : `An opencompat.config.yaml in ${folder} counts from now on when OpenCompat is started there, and so do the plugins it names.`,
  );
}
