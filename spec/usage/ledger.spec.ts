/** The ledger as a store: what it holds, for how long, and what becomes of it when its file cannot be written. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { createLedger } from '../../lib/usage/ledger.ts';
import { LedgerFile } from '../../lib/usage/ledger-file.ts';
import { sumUsage } from '../../lib/usage/report.ts';
import { processEnv } from '../support/process-env.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { ledgerPath, row, rowsOf, wide } from './support.ts';

function open(t: TestContext, path: string, limits = wide): LedgerFile {
  const file = new LedgerFile(path, limits);
  t.after(() => file.close());
  return file;
}

function openLedger(t: TestContext, path: string) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const log = createRecordingLog();
  const ledger = createLedger({ path, limits: wide, costOf: () => 0.25, log });
  t.after(() => ledger.close());
  return { ledger, lines: log.lines };
}

test('rows wait for a second and are written together, into a file that is its owner’s alone', async (t) => {
  const path = await ledgerPath(t);
  const { ledger } = openLedger(t, path);
  for (const id of ['one', 'two']) ledger.add(row({ id, ignored: ['seed', 'user'] }));
  await assert.rejects(stat(path), { code: 'ENOENT' });
  t.mock.timers.tick(1000);
  const rows = rowsOf(path);
  assert.deepEqual(
    rows.map(({ id, cost, ignored, streamed, input_tokens }) => [id, cost, ignored, streamed, input_tokens]),
    [
      ['one', 0.25, 'seed, user', 1, 100],
      ['two', 0.25, 'seed, user', 1, 100],
    ],
  );
  assert.equal((await stat(path)).mode & 0o777, 0o600);
});

test('more rows than one transaction takes are all written, and those that wait are written at the end', async (t) => {
  const path = await ledgerPath(t);
  const { ledger } = openLedger(t, path);
  for (let n = 0; n < 1000; n += 1) ledger.add(row());
  t.mock.timers.tick(1000);
  t.mock.timers.tick(1);
  t.mock.timers.tick(1);
  assert.equal(rowsOf(path).length, 1000);
  ledger.add(row());
  await ledger.close();
  assert.equal(rowsOf(path).length, 1001);
});

test('the oldest rows go when there are too many or they are too old; the sums stay', async (t) => {
  const path = await ledgerPath(t);
  const file = open(t, path, { ...wide, maxRows: 3, maxDays: 10 });
  const nowMs = Date.parse('2026-11-29T12:00:00Z');
  const old = Date.parse('2026-11-18T12:00:00Z');
  file.write([row({ id: 'old', atMs: old }), ...['a', 'b'].map((id) => row({ id, atMs: nowMs }))]);
  assert.equal(file.prune(nowMs), false);
  assert.deepEqual(
    rowsOf(path).map(({ id }) => id),
    ['a', 'b'],
  );
  file.write(['c', 'd'].map((id) => row({ id, atMs: nowMs })));
  file.prune(nowMs);
  assert.deepEqual(
    rowsOf(path).map(({ id }) => id),
    ['b', 'c', 'd'],
  );
  assert.deepEqual(
    sumUsage(path, 'day', '2026-01-01').map(({ name, requests }) => [name, requests]),
    [
      ['2026-11-18', 1],
      ['2026-11-29', 4],
    ],
  );
});

test('a day has so many sums: names on top of them are added up as others, of the same key as long as it goes', async (t) => {
  const path = await ledgerPath(t);
  const file = open(t, path, { ...wide, maxSums: 2 });
  for (let n = 0; n < 6; n += 1) file.write([row({ model: `m${n}`, clientId: `hash-${n}`, client: `key-${n}` })]);
  file.write([row({ model: 'm0', clientId: 'hash-0', client: 'key-0' })]);
  assert.deepEqual(
    rowsOf(path, 'sums').map(({ client, model, requests }) => [client, model, requests]),
    [
      ['(others)', '(others)', 2],
      ['key-0', 'm0', 2],
      ['key-1', 'm1', 1],
      ['key-2', '(others)', 1],
      ['key-3', '(others)', 1],
    ],
  );
});

test('usage is added up by day, key, model and provider, the costliest first', async (t) => {
  const path = await ledgerPath(t);
  assert.deepEqual(sumUsage(path, 'key', '2026-01-01'), []);
  open(t, path).write([
    row({ cost: 1 }),
    row({ clientId: 'h2', client: 'phone', provider: 'copilot', model: 'gpt-5.5', credits: 2.5, cost: 3, answers: 4 }),
    row({
      clientId: 'h2',
      client: 'phone',
      outcome: 'failed',
      provider: undefined,
      model: undefined,
      answers: 0,
      cost: 0,
    }),
    row({ atMs: Date.parse('2026-10-01T00:00:00Z'), cost: 100 }),
  ]);
  const by = (what: Parameters<typeof sumUsage>[1]) =>
    sumUsage(path, what, '2026-11-01').map(({ name, cost, requests, answers }) => [name, cost, requests, answers]);
  assert.deepEqual(by('key'), [
    ['phone', 3, 2, 4],
    ['laptop', 1, 1, 1],
  ]);
  assert.deepEqual(by('model').slice(0, 2), [
    ['copilot/gpt-5.5', 3, 1, 4],
    ['chatgpt/gpt-5.5', 1, 1, 1],
  ]);
  assert.deepEqual(by('day'), [['2026-11-29', 4, 3, 5]]);
  const [copilot] = sumUsage(path, 'provider', '2026-11-01');
  assert.equal(copilot!.credits, 2.5);
});

test('a broken file costs rows until a good one is in its place, and is said once', async (t) => {
  const path = await ledgerPath(t);
  await writeFile(path, 'This is no ledger, but it is long enough to look like the head of some file.'.repeat(20));
  const { ledger, lines } = openLedger(t, path);
  ledger.add(row());
  t.mock.timers.tick(1000);
  t.mock.timers.tick(2000);
  assert.match(ledger.fault!, /not a database/);
  await rm(path);
  t.mock.timers.tick(4000);
  assert.equal(ledger.fault, undefined);
  assert.equal(rowsOf(path).length, 1);
  assert.deepEqual(
    lines.map(({ level, message }) => [level, message]),
    [
      ['error', 'the usage of requests cannot be recorded; they are served as before'],
      ['info', 'the usage of requests is recorded again'],
    ],
  );
});

test('rows wait while another process holds the file, as many as fit', async (t) => {
  const path = await ledgerPath(t);
  const { ledger, lines } = openLedger(t, path);
  ledger.add(row());
  t.mock.timers.tick(1000);
  const other = new DatabaseSync(path);
  other.exec('BEGIN EXCLUSIVE');
  for (let n = 0; n < 10_005; n += 1) ledger.add(row());
  t.mock.timers.tick(1000);
  assert.match(ledger.fault!, /locked/);
  other.exec('ROLLBACK');
  other.close();
  await ledger.close();
  assert.equal(rowsOf(path).length, 10_001);
  assert.equal(lines.at(-1)!.fields!.lost, 5);
});

test('a file of the version before is taken over with its rows', async (t) => {
  const path = await ledgerPath(t);
  open(t, path).write([row()]);
  const before = new DatabaseSync(path);
  for (const column of ['estimated', 'validated_ms', 'resolved_ms', 'sent_ms', 'head_ms', 'first_token_ms'])
    before.exec(`ALTER TABLE requests DROP COLUMN ${column}`);
  before.exec('PRAGMA user_version = 1');
  before.close();
  open(t, path).write([row({ isEstimated: true })]);
  assert.deepEqual(
    rowsOf(path).map(({ estimated, head_ms }) => [estimated, head_ms]),
    [
      [0, null],
      [1, 8],
    ],
  );
});

test('a file of a newer version is left as it is', async (t) => {
  const path = await ledgerPath(t);
  const database = new DatabaseSync(path);
  database.exec('PRAGMA user_version = 99');
  database.close();
  assert.throws(() => new LedgerFile(path, wide), /newer version/);
});

test('a full disk rolls the transaction back, and later rows are written', async (t) => {
  const path = await ledgerPath(t);
  const file = open(t, path);
  file.write([row({ id: 'before' })]);
  const { DatabaseSync: Database } = process.getBuiltinModule('node:sqlite');
  const exec = Database.prototype.exec;
  t.mock.method(Database.prototype, 'exec', function (this: DatabaseSync, sql: string) {
    if (sql === 'COMMIT') throw new Error('database or disk is full');
    return exec.call(this, sql);
  });
  assert.throws(() => file.write([row({ id: 'lost' })]), /full/);
  t.mock.restoreAll();
  file.write([row({ id: 'after' })]);
  assert.deepEqual(
    rowsOf(path).map(({ id }) => id),
    ['before', 'after'],
  );
});

test('two servers and a reader use one file at once', async (t) => {
  const path = await ledgerPath(t);
  const files = [open(t, path), open(t, path)];
  for (let n = 0; n < 20; n += 1) {
    files[n % 2]!.write([row({ client: `server-${n % 2}`, clientId: String(n % 2) })]);
    assert.equal(sumUsage(path, 'day', '2026-01-01')[0]!.requests, n + 1);
  }
});

test('killed while it writes: the ledger opens again, and has all but what came last', async (t) => {
  const path = await ledgerPath(t);
  const child = spawn(process.execPath, [join(import.meta.dirname, 'children/add-rows.ts'), path], {
    env: { ...process.env, ...processEnv },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  let told = '';
  child.stdout.on('data', (bytes) => {
    told += bytes;
  });
  while (!told.includes('\n5 ')) await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'close');
  const waves = told
    .trim()
    .split('\n')
    .map((line) => Number(line.split(' ')[1]));
  const rows = rowsOf(path);
  // Each wave had its time to be written before the next.
  assert.ok(rows.length >= waves.at(-1)!, `${rows.length} of ${waves}`);
  assert.equal(sumUsage(path, 'day', '2026-01-01')[0]!.requests, rows.length);
  open(t, path).write([row()]);
  assert.equal(rowsOf(path).length, rows.length + 1);
});
