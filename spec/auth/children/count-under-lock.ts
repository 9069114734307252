/** Adds one to the number in a file, many times, each time under the lock. */
import { readFileSync, writeFileSync } from 'node:fs';
import { acquireFileLock } from '../../../lib/storage/file-lock.ts';

const [lockPath, path, times] = process.argv.slice(2) as [string, string, string];
for (let count = 0; count < Number(times); count++) {
  const lock = await acquireFileLock(lockPath);
  writeFileSync(path, String(Number(readFileSync(path, 'utf8')) + 1));
  await lock!.release();
}
