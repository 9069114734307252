import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const root = resolve(import.meta.dirname, '../..');
const dist = join(root, 'dist');
const node = (...args: string[]) => execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' });

node('lib/build/build.ts', '--if-needed');
const bytecodeName = readdirSync(join(dist, 'lib')).find((name) => name.endsWith('.bytecode'))!;

/** A copy of the program, whose bytecode is changed. */
function copyProgram(t: { after(end: () => void): void }, change: (bytecode: Buffer) => Buffer): string {
  const copy = mkdtempSync(join(dist, 'copy-'));
  t.after(() => rmSync(copy, { recursive: true }));
  cpSync(join(dist, 'lib'), copy, { recursive: true });
  writeFileSync(join(copy, bytecodeName), change(readFileSync(join(copy, bytecodeName))));
  return copy;
}

test('the bytecode that the build keeps is what V8 takes at a start', () => {
  const script = `
    import { readFileSync } from 'node:fs';
    import { keepStartSmall } from './lib/small-start.ts';
    import { bytecodeFile, compileProgram } from ${JSON.stringify(pathToFileURL(join(dist, 'lib/program.js')).href)};
    keepStartSmall();
    console.log(compileProgram(readFileSync(bytecodeFile)).cachedDataRejected);`;
  assert.equal(node('--input-type=module', '--eval', script).trim(), 'false');
});

test('the same program has the same bytecode each time', () => {
  const [first, second] = [1, 2].map(() => {
    const env = { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' };
    execFileSync(process.execPath, ['--random-seed=1', 'lib/build/bytecode.ts', join(dist, 'lib')], { cwd: root, env });
    return readFileSync(join(dist, 'lib', bytecodeName));
  });
  assert.ok(first!.equals(second!));
});

test('with the bytecode of another V8, or none, the program runs all the same', (t) => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const change of [(bytes: Buffer) => Buffer.from(bytes).fill(7, 0, 16), () => Buffer.alloc(0)]) {
    assert.equal(node(join(copyProgram(t, change), 'cli.js'), 'version').trim(), version);
  }
});

test('a build leaves no bytecode of the program before it, for whatever processor', () => {
  const stale = join(dist, 'lib/program.other.bytecode');
  writeFileSync(stale, 'of an older program');
  rmSync(join(root, 'node_modules/.cache/opencompat/build.json'));
  node('lib/build/build.ts', '--if-needed');
  assert.ok(!existsSync(stale));
  assert.ok(existsSync(join(dist, 'lib', bytecodeName)));
});

test('plugins and their tests get the modules of the one program, by import and by require', async () => {
  const imported = await import(pathToFileURL(join(dist, 'lib/index.js')).href);
  const testing = await import(pathToFileURL(join(dist, 'spec/support/index.js')).href);
  const required = createRequire(import.meta.url)(join(dist, 'lib/index.js'));
  assert.ok(imported.OpenCompatError);
  assert.equal(required.OpenCompatError, imported.OpenCompatError);
  assert.equal(typeof testing.createHarness, 'function');
});

/** The files that a bare server has loaded when it listens, by their names. */
async function filesOfStart(t: TestContext): Promise<string[]> {
  const home = mkdtempSync(join(tmpdir(), 'opencompat-start-'));
  t.after(() => rmSync(home, { recursive: true }));
  const tell = join(home, 'tell.cjs');
  const listed = 'Object.keys(require.cache).map((path) => require("node:path").basename(path))';
  writeFileSync(
    tell,
    `process.once('SIGUSR2', () => require('node:fs').writeFileSync('loaded.json', JSON.stringify(${listed})));`,
  );
  const server = spawn(process.execPath, ['--require', tell, join(dist, 'lib/cli.js'), 'serve', '--port', '0'], {
    cwd: home,
    env: { HOME: home },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => server.kill('SIGKILL'));
  for await (const line of createInterface(server.stdout)) if (line.includes('is listening on')) break;
  server.kill('SIGUSR2');
  const file = join(home, 'loaded.json');
  while (!existsSync(file) || readFileSync(file).length === 0) await sleep(5);
  return JSON.parse(readFileSync(file, 'utf8'));
}

test('a bare server loads no package that it does not need yet, but what it schedules with', async (t) => {
  const loaded = await filesOfStart(t);
  assert.ok(loaded.includes('program.cjs'));
  assert.deepEqual(
    loaded.filter((name) => name.startsWith('package-') && name !== 'package-node-cron.cjs'),
    [],
  );
});

test('what is scheduled in the bundle has the same times as by the calendar of Node, in every zone', () => {
  const script = `
    import { createRequire } from 'node:module';
    const require = createRequire(${JSON.stringify(join(root, 'package.json'))});
    const crons = [require('node-cron'), require(${JSON.stringify(join(dist, 'lib/package-node-cron.cjs'))})];
    const runs = crons.map((cron) =>
      ['30 2 * * *', '15 30 1 1 * *', '0 0 29 2 *', '*/7 3-5 * * mon-fri', '0 12 L * *'].map((expression) => {
        const task = cron.createTask(expression, () => {});
        return task.getNextRuns(60).map((date) => date.toISOString());
      }),
    );
    console.log(JSON.stringify(runs[0]) === JSON.stringify(runs[1]), runs[0].flat().length);`;
  for (const zone of [
    'UTC',
    'America/St_Johns',
    'Europe/Berlin',
    'Asia/Kathmandu',
    'Pacific/Chatham',
    'Australia/Lord_Howe',
  ]) {
    const told = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      env: { ...process.env, TZ: zone },
      encoding: 'utf8',
    });
    assert.equal(told.trim(), 'true 300', zone);
  }
});
