/** Files that change while the server runs, in every way in which programs change files. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FileWatch } from '../../lib/server/file-watch.ts';
import { createRecordingLog } from '../support/recording-log.ts';

function createFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'opencompat-watch-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Watches a file as the server does: after each change it looks again where the file is. */
function watchFile(t: TestContext, file: string) {
  const log = createRecordingLog();
  let resolve = () => {};
  const fileWatch = new FileWatch(() => {
    fileWatch.watch([file]);
    resolve();
  }, log);
  fileWatch.watch([file]);
  t.after(() => fileWatch.close());
  /** Makes a change, and waits until it is told. */
  return async (change: () => void): Promise<void> => {
    const told = new Promise<void>((done) => {
      resolve = done;
    });
    change();
    await told;
  };
}

test('a file that is written, replaced, removed and made again, in a folder that is removed too', async (t) => {
  const folder = join(createFolder(t), 'opencompat');
  const file = join(folder, 'opencompat.config.yaml');
  const change = watchFile(t, file);
  await change(() => mkdirSync(folder));
  await change(() => writeFileSync(file, 'port: 1\n'));
  await change(() => writeFileSync(file, 'port: 2\n'));
  await change(() => {
    writeFileSync(`${file}~`, 'port: 3\n');
    renameSync(`${file}~`, file);
  });
  await change(() => writeFileSync(file, 'port: 4\n'));
  await change(() => rmSync(folder, { recursive: true }));
  await change(() => {
    mkdirSync(folder);
    writeFileSync(file, 'port: 5\n');
  });
  await change(() => writeFileSync(file, 'port: 6\n'));
});

/** What Kubernetes does to what it mounts: all files change at once, by one link. */
function mount(folder: string, version: number, text: string): void {
  mkdirSync(join(folder, `..v${version}`, 'opencompat'), { recursive: true });
  writeFileSync(join(folder, `..v${version}`, 'opencompat', 'opencompat.config.yaml'), text);
  symlinkSync(`..v${version}`, join(folder, '..data_tmp'));
  renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  rmSync(join(folder, `..v${version - 1}`), { recursive: true, force: true });
}

test('a file of a ConfigMap', async (t) => {
  const folder = createFolder(t);
  mount(folder, 1, 'port: 1\n');
  symlinkSync('..data/opencompat', join(folder, 'opencompat'));
  const change = watchFile(t, join(folder, 'opencompat', 'opencompat.config.yaml'));
  for (const version of [2, 3, 4]) await change(() => mount(folder, version, `port: ${version}\n`));
});

test('a link out of the folder, and one that leads nowhere yet', async (t) => {
  const folder = createFolder(t);
  mkdirSync(join(folder, 'links'));
  symlinkSync('../texts/config.yaml', join(folder, 'links', 'config.yaml'));
  const change = watchFile(t, join(folder, 'links', 'config.yaml'));
  await change(() => mkdirSync(join(folder, 'texts')));
  await change(() => writeFileSync(join(folder, 'texts', 'config.yaml'), 'port: 1\n'));
  await change(() => writeFileSync(join(folder, 'texts', 'config.yaml'), 'port: 2\n'));
});
