/** Writes a megabyte to a file and prints the error's code, if there is one. */
import { writeFileAtomic } from '../../../lib/storage/atomic-file.ts';

try {
  await writeFileAtomic(process.argv[2]!, 'x'.repeat(1024 * 1024));
  process.stdout.write('written');
} catch (error) {
  process.stdout.write(String((error as NodeJS.ErrnoException).code));
}
