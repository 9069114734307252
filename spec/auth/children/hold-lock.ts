/** Takes a lock, tells its parent, and keeps it until it is killed. */
import { acquireFileLock } from '../../../lib/storage/file-lock.ts';

await acquireFileLock(process.argv[2]!);
process.send!('held');
process.on('message', () => {});
