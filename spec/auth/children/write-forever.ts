/** Replaces a file again and again, telling its parent after each time, until it is killed. */
import { writeFileAtomic } from '../../../lib/storage/atomic-file.ts';

const [path, ...texts] = process.argv.slice(2) as [string, ...string[]];
for (let count = 0; ; count++) {
  await writeFileAtomic(path, texts[count % texts.length]!.repeat(500_000));
  process.send!(count);
}
