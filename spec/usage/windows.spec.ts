/** The windows of limits, and what is counted in them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reserve } from '../../lib/usage/key-limits.ts';
import { LedgerFile } from '../../lib/usage/ledger-file.ts';
import { LocalCounts } from '../../lib/usage/limit-counts.ts';
import { readLimits, windowAt, windowNames } from '../../lib/usage/windows.ts';
import { ledgerPath, row, wide } from './support.ts';

const at = (text: string) => Date.parse(text);
const none = { requests: 0, tokens: 0, cost: 0 };

test('windows are the minute, hour, day and month of UTC', () => {
  const shown = windowNames.map((name) => {
    const { startMs, endMs } = windowAt(name, at('2024-12-31T23:59:59.999Z'));
    return [name, new Date(startMs).toISOString(), new Date(endMs).toISOString()];
  });
  assert.deepEqual(shown, [
    ['month', '2024-12-01T00:00:00.000Z', '2025-01-01T00:00:00.000Z'],
    ['day', '2024-12-31T00:00:00.000Z', '2025-01-01T00:00:00.000Z'],
    ['hour', '2024-12-31T23:00:00.000Z', '2025-01-01T00:00:00.000Z'],
    ['minute', '2024-12-31T23:59:00.000Z', '2025-01-01T00:00:00.000Z'],
  ]);
});

const key = {
  id: 'hash',
  name: 'laptop',
  limits: readLimits({ requests: { minute: 2 }, tokens: { hour: 100 } }),
  models: undefined,
  expires: undefined,
  mayRecord: false,
  isDisabled: false,
};

test('a new window is a new count; what ends in a later window than it began in leaves that one alone', async () => {
  const counts = new LocalCounts(() => none);
  const take = (time: string, tokens = 0) => reserve(counts, key, at(time), { requests: 1, tokens, cost: 0 }, () => {});
  const first = await take('2026-11-29T10:00:01Z', 30);
  await take('2026-11-29T10:00:02Z', 30);
  await assert.rejects(take('2026-11-29T10:00:03Z'), { code: 'OC_KEY_REQUEST_LIMIT', retryAfterS: 57 });
  const later = await take('2026-11-29T10:01:00Z', 30);
  assert.deepEqual(
    later.standings.map(({ measure, remaining }) => [measure, remaining]),
    [
      ['tokens', 10],
      ['requests', 1],
    ],
  );
  first.settle({ requests: 1, tokens: 60, cost: 0 });
  first.settle({ requests: 1, tokens: 60, cost: 0 });
  await assert.rejects(take('2026-11-29T10:01:01Z'), { code: 'OC_KEY_TOKEN_LIMIT' });
  const { standings } = await take('2026-11-29T11:00:00Z');
  assert.deepEqual(
    standings.map(({ remaining }) => remaining),
    [100, 1],
  );
});

test('the ledger knows what was used: of a minute and an hour by its rows, of a day and a month by its sums', async (t) => {
  const file = new LedgerFile(await ledgerPath(t), wide);
  t.after(() => file.close());
  const times = [
    '2026-11-29T12:30:30Z',
    '2026-11-29T12:00:00Z',
    '2026-11-29T00:00:00Z',
    '2026-11-01T00:00:00Z',
    '2026-10-31T23:59:59Z',
  ];
  file.write(times.map((time) => row({ atMs: at(time), answers: 2, inputTokens: 10, outputTokens: 5, cost: 0.1 })));
  file.write([row({ atMs: at(times[0]!), clientId: 'another', answers: 100 })]);
  assert.deepEqual(
    windowNames.map((name) => file.usedIn('hash-of-laptop', windowAt(name, at('2026-11-29T12:30:59Z')))),
    [4, 3, 2, 1].map((n) => ({ requests: 2 * n, tokens: 15 * n, cost: 100_000_000 * n })),
  );
});
