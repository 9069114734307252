/** What the console tells of requests: those that run, those that have ended, and what they have used. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { maxWatchers } from '../../../lib/console/live.ts';
import { ledgerPathOf } from '../../../lib/usage/ledger.ts';
import { LedgerFile } from '../../../lib/usage/ledger-file.ts';
import { readRows } from '../../../lib/usage/ledger-reader.ts';
import { ledgerPath, row, wide } from '../../usage/support.ts';
import { adminKey, ask, type ConsoleHarness, codeOf, createConsole, signIn } from './support.ts';

const hello = { model: 'gpt-5.5', messages: [{ role: 'user', content: 'Hello' }] };

function createLedgerConsole(t: TestContext): Promise<ConsoleHarness> {
  return createConsole(t, { config: { usageStore: 'file' } });
}

/** Puts rows into the server's own ledger, as an earlier run would have left them. */
function remember(h: ConsoleHarness, ...rows: Parameters<typeof row>): void {
  const file = new LedgerFile(ledgerPathOf({ dataDir: h.dataDir, baseDir: h.dataDir, usageFile: undefined }), wide);
  file.write(rows.map((facts) => row(facts)));
  file.close();
}

test('yesterday’s failed request is found by its id, with its cause', async (t) => {
  const h = await createLedgerConsole(t);
  const atMs = Date.now() - 86_400_000 + 60_000;
  const failed = { id: 'req-lost', atMs, outcome: 'upstream-failed', status: 502, upstreamStatus: 503 };
  remember(h, { ...failed, error: 'OC_UPSTREAM_ERROR', reason: 'The disk there is full.' });
  remember(h, { id: 'req-other' });
  const { row: found, stages } = await h.admin<{ row: Record<string, unknown>; stages: object[] }>(
    'GET',
    'requests/req-lost',
  );
  assert.equal(found.reason, 'The disk there is full.');
  assert.equal(found.at, new Date(atMs).toISOString());
  assert.deepEqual([found.error, found.upstreamStatus, found.isStreaming], ['OC_UPSTREAM_ERROR', 503, true]);
  assert.equal(stages.length, 7);
  assert.ok(!JSON.stringify(found).includes('hash-of-laptop'));
  const { errors } = await h.admin<{ errors: Record<string, unknown>[] }>('GET', 'overview');
  assert.deepEqual(
    errors.map(({ error, count, reason }) => [error, count, reason]),
    [['OC_UPSTREAM_ERROR', 1, 'The disk there is full.']],
  );
  assert.ok(errors[0]!.advice);
  await assert.rejects(h.admin('GET', 'requests/no-such-id'), /404/);
});

test('rows are found by what they are about, page by page', async (t) => {
  const h = await createLedgerConsole(t);
  const start = Date.parse('2026-11-29T12:00:00Z');
  for (let index = 0; index < 5; index += 1) remember(h, { id: `r${index}`, atMs: start + index * 1000 });
  remember(h, { id: 'f', atMs: start + 9000, client: 'phone', model: 'other', outcome: 'rejected' });
  const ids = async (query: string) => {
    const { rows, next } = await h.admin<{ rows: { id: string }[]; next: number | null }>('GET', `requests?${query}`);
    return [rows.map(({ id }) => id).join(' '), next];
  };
  assert.deepEqual(await ids(''), ['f r4 r3 r2 r1 r0', null]);
  const [first, next] = await ids('limit=4');
  assert.equal(first, 'f r4 r3 r2');
  assert.deepEqual(await ids(`limit=4&before=${next}`), ['r1 r0', null]);
  assert.deepEqual(await ids('failed=1'), ['f', null]);
  assert.deepEqual(await ids('client=phone&outcome=rejected'), ['f', null]);
  assert.deepEqual(await ids('model=chatgpt%2Fgpt-5.5&limit=2'), ['r4 r3', 4]);
  assert.deepEqual(await ids('from=2026-11-29T12:00:01Z&to=2026-11-29T12:00:03Z'), ['r2 r1', null]);
  assert.deepEqual(await ids('id=r3'), ['r3', null]);
  const { sums } = await h.admin<{ sums: object[] }>('GET', 'usage?by=key&since=2026-11-01');
  assert.equal(sums.length, 2);
  for (const query of ['limit=x', 'from=never', 'before=-1']) await assert.rejects(ids(query), /400/);
  await assert.rejects(h.admin('GET', 'usage?by=hour'), /400/);
});

test('one question looks at so many rows and no more', async (t) => {
  const path = await ledgerPath(t);
  const file = new LedgerFile(path, wide);
  file.write(
    Array.from({ length: 20_500 }, (_, index) => row({ id: `r${index}`, client: index === 0 ? 'rare' : 'a' })),
  );
  file.close();
  const first = readRows(path, { client: 'rare' }, { limit: 10 });
  assert.deepEqual([first.rows.length, first.next], [0, 501]);
  const second = readRows(path, { client: 'rare' }, { limit: 10, before: first.next! });
  assert.deepEqual([second.rows.map(({ id }) => id), second.next], [['r0'], null]);
});

test('a page is told of requests as they begin and end', async (t) => {
  const h = await createLedgerConsole(t);
  const events = await fetch(`${h.url}/console/api/live`, { headers: { authorization: `Bearer ${adminKey}` } });
  assert.equal(events.headers.get('x-accel-buffering'), 'no');
  const reader = events.body!.pipeThrough(new TextDecoderStream()).getReader();
  await h.admin('POST', 'try/chat', hello);
  let text = '';
  while (!text.includes('event: ended')) text += (await reader.read()).value;
  const [, data = ''] = /event: ended\ndata: (.*)\n/.exec(text)!;
  const { client, api, model, outcome, number } = JSON.parse(data);
  assert.deepEqual([client, api, model, outcome, number], ['console', 'chat-completions', 'gpt-5.5', 'ok', null]);
  // A reload ends it: the page comes again, to the new configuration.
  await h.reload({ rateLimit: 99 });
  while (!(await reader.read()).done);
});

test('so many pages watch, and no more; one that is signed out is told nothing further', async (t) => {
  const h = await createLedgerConsole(t);
  const page = await signIn(h);
  const ends = Array.from({ length: maxWatchers }, () => new AbortController());
  t.after(() => {
    for (const end of ends) end.abort();
  });
  const watch = (end?: AbortController) =>
    fetch(`${h.url}/console/api/live`, { headers: { cookie: page.cookie! }, signal: end?.signal ?? null });
  const [first] = await Promise.all(ends.map(watch));
  assert.equal((await watch()).status, 429);
  await ask(h, 'DELETE', 'session', { headers: page });
  await first!.text();
  assert.equal((await watch()).status, 401);
});

test('a request is tried through the whole chain, in each API’s own form, and counted as the console’s', async (t) => {
  const h = await createConsole(t, { apiKey: 'a-client-key', config: { usageStore: 'file' } });
  const bodies = {
    chat: hello,
    responses: { model: 'gpt-5.5', input: 'Hello' },
    messages: { ...hello, max_tokens: 10 },
    completions: { model: 'gpt-5.5', prompt: 'Hello' },
    ollama: { ...hello, stream: false },
  };
  for (const [api, body] of Object.entries(bodies)) {
    const answer = await h.admin('POST', `try/${api}`, body);
    assert.ok(JSON.stringify(answer).length > 50, api);
  }
  const page = await signIn(h);
  const body = { ...hello, stream: true };
  const streamed = await ask(h, 'POST', 'try/chat', { body, headers: page });
  assert.match(streamed.body, /^data: .*\[DONE\]/s);
  const { cookie = '' } = page;
  assert.equal(codeOf(await ask(h, 'POST', 'try/chat', { body, headers: { cookie } })), '403 csrf_token_missing');
  const asClient = { authorization: 'Bearer a-client-key' };
  assert.equal((await ask(h, 'POST', 'try/chat', { body, headers: asClient })).status, 401);
  let tried = 0;
  while (tried < 6) {
    const { rows } = await h.admin<{ rows: object[] }>('GET', 'requests?client=console');
    tried = rows.length;
  }
});
