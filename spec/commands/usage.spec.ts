/** `opencompat usage`, as a process beside a server that has the ledger open. */
import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { LedgerFile } from '../../lib/usage/ledger-file.ts';
import { row, wide } from '../usage/support.ts';
import { run, setUp } from './support.ts';

test('usage is a table for people, and JSON or CSV for programs', async (t) => {
  const setup = await setUp(t);
  const folder = dirname(setup.authFile);
  const [empty, wrong] = await Promise.all([
    run(t, setup, 'usage').ended,
    run(t, setup, 'usage', '--since', 'yesterday').ended,
  ]);
  assert.deepEqual([empty.status, wrong.status], [0, 1]);
  assert.match(empty.stdout, /^There is no usage since \d{4}-\d\d-\d\d in \S+usage\.sqlite\.$/m);
  assert.match(wrong.stderr, /'--since' takes a day/);

  const ledger = new LedgerFile(join(folder, 'usage.sqlite'), wide);
  t.after(() => ledger.close());
  const atMs = Date.now();
  ledger.write([
    row({ atMs, cost: 1.5, inputTokens: 1_234_567 }),
    row({ atMs, client: 'a "phone", mine', clientId: 'h2', cost: 0.25, outcome: 'failed' }),
  ]);
  const [table, csv, json] = await Promise.all([
    run(t, setup, 'usage', '--by', 'key').ended,
    run(t, setup, 'usage', '--by', 'key', '--since', 'today', '--csv').ended,
    run(t, setup, 'usage', '--json', '--since', '2026-01-01').ended,
  ]);
  assert.deepEqual(
    table.stdout.split('\n').map((line) => line.split(/ {2,}/)),
    [
      ['KEY', 'REQUESTS', 'FAILED', 'INPUT', 'CACHED', 'OUTPUT', 'REASONING', 'USD'],
      ['laptop', '1', '0', '1,234,567', '40', '10', '4', '1.5'],
      ['a "phone", mine', '1', '1', '100', '40', '10', '4', '0.25'],
      ['TOTAL', '2', '1', '1,234,667', '80', '20', '8', '1.75'],
      [''],
    ],
  );
  assert.equal(
    csv.stdout,
    [
      'key,requests,failures,input_tokens,cached_tokens,output_tokens,reasoning_tokens,credits,cost',
      'laptop,1,0,1234567,40,10,4,0,1.5',
      '"a ""phone"", mine",1,1,100,40,10,4,0,0.25\n',
    ].join('\n'),
  );
  const [day] = JSON.parse(json.stdout) as Record<string, unknown>[];
  assert.equal(day!.day, new Date(atMs).toISOString().slice(0, 10));
  assert.equal(day!.requests, 2);
});
