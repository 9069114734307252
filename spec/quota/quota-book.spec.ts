/** What the server knows of quota, and for how long. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import type { Quota } from '../../lib/canonical/quota.ts';
import type { Provider } from '../../lib/providers/provider.ts';
import { describeQuota } from '../../lib/quota/overview.ts';
import { QuotaBook } from '../../lib/quota/quota-book.ts';
import { createRecordingLog } from '../support/recording-log.ts';

const startMs = Date.UTC(2026, 10, 29, 12);
const hourMs = 3_600_000;

function openBook(t: TestContext, dataDir = mkdtempSync(join(tmpdir(), 'opencompat-'))) {
  t.after(() => rmSync(dataDir, { recursive: true, force: true }));
  const clock = { ms: startMs };
  const log = createRecordingLog();
  return { dataDir, clock, book: new QuotaBook({ dataDir, log, now: () => clock.ms }) };
}

const week = (usedPercent: number, inMs = 48 * hourMs) => ({
  usedPercent,
  windowMinutes: 10_080,
  resetAtEpochS: (startMs + inMs) / 1000,
});
const fiveHours = (usedPercent: number) => ({
  usedPercent,
  windowMinutes: 300,
  resetAtEpochS: (startMs + hourMs) / 1000,
});
const told = (windows: Quota['windows'], seenAtMs = startMs): Quota => ({ windows, seenAtMs });
const labels = (book: QuotaBook, clock = startMs) =>
  describeQuota(book.of('plan'), clock).map(({ label, usedPercent }) => `${label} ${usedPercent}`);

test('answers tell parts, and a window that changes its name stays one', (t) => {
  const { book } = openBook(t);
  book.note('plan', told({ primary: fiveHours(12), secondary: week(40) }));
  book.note('plan', told({ primary: week(41) }, startMs + 1));
  book.note('plan', told({ 'spark-primary': { ...fiveHours(90), feature: 'spark', isPartial: true } }, startMs + 2));
  assert.deepEqual(labels(book), ['5 hours 12', '5 hours (spark) 90', 'week 41']);
  // All that there is.
  book.note('plan', told({ primary: week(42) }, startMs + 3), true);
  assert.deepEqual(labels(book), ['week 42']);
});

test('a window that is over is empty, until nobody has told of it for its length', (t) => {
  const { book, clock } = openBook(t);
  book.note('plan', told({ primary: fiveHours(97), secondary: week(40) }));
  clock.ms = startMs + hourMs;
  assert.deepEqual(labels(book, clock.ms), ['5 hours 0', 'week 40']);
  clock.ms = startMs + 6 * hourMs;
  assert.deepEqual(labels(book, clock.ms), ['week 40']);
});

test('what cannot be kept or read costs nothing else', async (t) => {
  const { book, dataDir } = openBook(t);
  book.note('plan', told({ primary: week(40) }));
  await book.close();
  const file = join(dataDir, 'quota.json');
  assert.deepEqual(labels(openBook(t, dataDir).book), ['week 40']);
  for (const text of ['', '{', '[]', '{"providers":{"plan":{"windows":[null,{"name":1}],"seenAtMs":1}}}']) {
    writeFileSync(file, text);
    assert.deepEqual(labels(openBook(t, dataDir).book), []);
  }
  const nowhere = openBook(t, join(dataDir, 'quota.json', 'below-a-file'));
  nowhere.book.note('plan', told({ primary: week(40) }));
  await nowhere.book.close();
  assert.deepEqual(labels(nowhere.book), ['week 40']);
});

test('a second after it was told it is on the disk, whatever becomes of the process', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { book, dataDir } = openBook(t);
  book.note('plan', told({ primary: week(40) }));
  t.mock.timers.tick(1_000);
  const file = join(dataDir, 'quota.json');
  while (!existsSync(file)) await new Promise(setImmediate);
  assert.deepEqual(labels(openBook(t, dataDir).book), ['week 40']);
});

test('only news is written, and windows have a number', async (t) => {
  const { book, dataDir } = openBook(t);
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`w${n}`, { ...week(n), feature: `f${n}` }]));
  book.note('plan', told(many));
  await book.close();
  const kept = readFileSync(join(dataDir, 'quota.json'), 'utf8');
  assert.equal(JSON.parse(kept).providers.plan.windows.length, 16);
  writeFileSync(join(dataDir, 'quota.json'), 'untouched');
  book.note('plan', told(many, startMs + 1));
  await book.close();
  assert.equal(readFileSync(join(dataDir, 'quota.json'), 'utf8'), 'untouched');
});

test('a provider is asked only when what is known is old, and its failure is no other’s', async (t) => {
  const { book, clock } = openBook(t);
  let asked = 0;
  const provider = (name: string, answer: () => Promise<Quota>) =>
    ({ name, readiness: () => ({ isReady: true }), fetchQuota: answer }) as Provider;
  const plan = provider('plan', async () => {
    asked += 1;
    return told({ primary: week(40 + asked) }, clock.ms);
  });
  const broken = provider('broken', async () => {
    throw new Error('no');
  });
  await book.look([plan, broken], 60_000);
  await book.look([plan, broken], 60_000);
  assert.deepEqual([asked, labels(book)], [1, ['week 41']]);
  clock.ms += 60_000;
  await book.look([plan, broken], 60_000);
  assert.deepEqual([asked, labels(book)], [2, ['week 42']]);
});

test('any numbers can be told, kept and described', () => {
  const number = fc.oneof(fc.double(), fc.constantFrom(0, -1, 1e308, Number.NaN), fc.integer());
  const window = fc.record(
    {
      usedPercent: fc.double({ min: 0, max: 100, noNaN: true }),
      windowMinutes: number,
      resetAtEpochS: number,
      total: number,
      remaining: number,
      feature: fc.string(),
    },
    { requiredKeys: ['usedPercent'] },
  );
  fc.assert(
    fc.property(fc.dictionary(fc.string(), window), (windows) => {
      const book = new QuotaBook({ dataDir: '/nonexistent', log: createRecordingLog(), now: () => startMs });
      book.note('plan', told(windows as Quota['windows']));
      book.note('plan', told(windows as Quota['windows'], startMs + 1));
      JSON.stringify(describeQuota(book.of('plan'), startMs));
    }),
  );
});
