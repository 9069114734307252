/** Captures in the console's API: recorded for some time, listed, looked at piece by piece, deleted; for admins alone. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { AlignedRow, Alignment, Cell } from '../../../lib/console/aligned-texts.ts';
import type { CaptureView } from '../../../lib/console/capture-view.ts';
import type { CapturePage, CapturePiece, ListedCapture } from '../../../lib/console/captures.ts';
import { defineMiddleware } from '../../../lib/index.ts';
import { parseCapture } from '../../../lib/recorder/capture.ts';
import { scriptAnswer } from '../../support/scripted-answer.ts';
import { ask, type ConsoleHarness, codeOf, createConsole, signIn } from './support.ts';

const shout = defineMiddleware({
  name: 'shout',
  after: ['resolve-model'],
  before: ['rewrite-request'],
  create: () => (req, _res, next) => {
    req.exchange.onEvent((event, emit) => {
      if (event.type !== 'response.output_text.delta') emit(event);
      else if (event.delta !== 'secretly ') emit({ ...event, delta: event.delta.toUpperCase() });
    });
    next();
  },
});

const answerText = 'It is secretly fine. ';

function startServer(t: TestContext, config = {}): Promise<ConsoleHarness> {
  return createConsole(t, {
    plugins: [shout],
    config: { record: 'all', usageStore: 'file', aliases: { mine: ['chatgpt/gpt-5.5'] }, ...config },
  });
}

async function chat(h: ConsoleHarness, body: object = {}, headers: Record<string, string> = {}): Promise<string> {
  const answer = await h.fetch('/v1/chat/completions?q=1', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'mine-high', seed: 7, messages: [{ role: 'user', content: 'Hello' }], ...body }),
  });
  await answer.text();
  return answer.headers.get('x-request-id')!;
}

/** Captures are written soon after their requests have ended. */
async function waitFor(h: ConsoleHarness, count: number): Promise<readonly ListedCapture[]> {
  for (;;) {
    const { captures } = await h.admin<CapturePage>('GET', 'captures');
    if (captures.length >= count && captures.every(({ status }) => status)) return captures;
    await setTimeout(20);
  }
}

const rowsOf = ({ rows }: Alignment): AlignedRow[] => rows.flatMap((row) => ('skipped' in row ? [] : [row]));

test('a request that was recorded is listed, and found from its row', async (t) => {
  const h = await startServer(t);
  const id = randomUUID();
  await chat(h, {}, { 'x-request-id': id });
  const [listed] = await waitFor(h, 1);
  const { name, bytes, startedAt, totalMs, model, ...facts } = listed!;
  assert.deepEqual(facts, {
    id,
    reason: 'all',
    method: 'POST',
    path: '/v1/chat/completions?q=1',
    status: 200,
    isAborted: false,
  });
  assert.deepEqual(
    [model?.asked, model?.provider, model?.model, model?.why],
    ['mine-high', 'chatgpt', 'gpt-5.5', 'alias'],
  );
  assert.ok(bytes > 1_000 && totalMs! > 0 && Date.parse(startedAt!) > 0);
  for (let found: unknown; found !== name; await setTimeout(20))
    ({ capture: found } = await h.admin('GET', `requests/${id}`).catch(() => ({ capture: undefined })));
});

test('a capture is shown side by side, with what was changed, its time and what was ignored', async (t) => {
  const h = await startServer(t);
  h.upstream.reply(scriptAnswer([{ text: answerText }]));
  await chat(h, { stream: true });
  const [listed] = await waitFor(h, 1);
  const view = await h.admin<CaptureView>('GET', `captures/${listed!.name}`);
  const { bodies, attempts, changes, end, course, answer, request } = view;
  assert.deepEqual(bodies!.columns, ['client', 'canonical', 'upstream']);
  const kindsOf = (text: string) => {
    const isOfIt = (cell: Cell | null) => cell?.text.includes(text);
    const rows = rowsOf(bodies!).filter((row) => row.some(isOfIt));
    return rows.map((row) => row.map((cell) => (isOfIt(cell) ? cell!.kind : '')).join(' '));
  };
  assert.deepEqual(kindsOf('"seed"'), ['same removed ']);
  assert.deepEqual(kindsOf('"verbosity"'), ['  added']);
  assert.deepEqual(kindsOf('"stream"'), ['same same same']);
  assert.deepEqual(kindsOf('"role": "user"'), ['same same same']);
  assert.deepEqual(
    attempts.map(({ n, status, how, model }) => [n, status, how, model?.provider]),
    [[0, 200, 'end', 'chatgpt']],
  );
  assert.ok(attempts[0]!.reads > 3 && attempts[0]!.answerBytes > 500 && answer!.bytes > 100 && request!.bytes > 50);
  const dropped = changes.filter(({ isDropped }) => isDropped);
  assert.equal(dropped.length, 1);
  assert.equal(view.changedEvents, changes.length);
  assert.ok(changes[0]!.lines.some(({ kind, text }) => kind === 'added' && text.includes('"IT "')));
  assert.ok(changes.every(({ box, type }) => box === 'shout' && type === 'response.output_text.delta'));
  assert.deepEqual(end!.ignored, ['seed']);
  const names = course.map(({ name }) => name);
  assert.deepEqual(names, [
    'Client sends the request',
    'This server prepares it',
    'Upstream: waiting for its head',
    'Upstream: waiting for its first byte',
    'Upstream: its answer comes',
    'Client gets the answer',
  ]);
  assert.ok(course.every(({ fromMs, toMs }) => fromMs <= toMs));
  const contentOf = (of: string) => h.admin<CapturePiece>('GET', `captures/${listed!.name}/content?of=${of}`);
  assert.match(
    (await contentOf('upstream')).text,
    /^event: response\.created\n.*"delta":"secretly ".*response\.completed/ms,
  );
  assert.match((await contentOf('client')).text, /"content":"FINE. ".*\[DONE\]\n\n$/s);
  assert.equal(JSON.parse((await contentOf('sent')).text).model, 'gpt-5.5');
  for (const secret of [h.upstream.account.tokens.accessToken, h.upstream.account.accountId])
    assert.ok(!JSON.stringify(view).includes(secret));
});

test('of large bodies what differs is shown, beside some lines that do not', async (t) => {
  const h = await startServer(t);
  const messages = Array.from({ length: 700 }, (_, n) => ({
    role: n % 2 ? 'assistant' : 'user',
    content: `Turn ${n}`,
  }));
  await chat(h, { messages, metadata: { rare: 'field' } });
  const [listed] = await waitFor(h, 1);
  const answer = await ask(h, 'GET', `captures/${listed!.name}`, { headers: await signIn(h) });
  assert.ok(answer.body.length < 500_000, `${answer.body.length}`);
  const { bodies } = JSON.parse(answer.body) as CaptureView;
  const cells = rowsOf(bodies!).flat();
  assert.ok(cells.length > 3_000 && bodies!.rows.length <= 2_000);
  const turn = cells.filter((cell) => cell?.text.includes('"Turn 0"'));
  assert.deepEqual(
    turn.map((cell) => cell!.kind),
    ['removed', 'added', 'same'],
  );
});

test('each upstream request is compared by itself', async (t) => {
  const h = await startServer(t, { aliases: { pair: ['gpt-5.5', 'gpt-5.4'] } });
  h.upstream.refuse(429, { error: { type: 'usage_limit_reached', message: 'The usage limit has been reached' } });
  await chat(h, { model: 'pair' });
  const [listed] = await waitFor(h, 1);
  const models = async (query: string) => {
    const { bodies, attempts } = await h.admin<CaptureView>('GET', `captures/${listed!.name}${query}`);
    const sent = rowsOf(bodies!)
      .map((row) => row[2]?.text ?? '')
      .find((text) => text.includes('"model"'));
    return [attempts.length, bodies!.attempt, sent?.trim()];
  };
  const first = await models('?attempt=0');
  assert.deepEqual(first.slice(1), [0, '"model": "gpt-5.5",']);
  const all = first[0] as number;
  assert.deepEqual(await models(''), [all, all - 1, all > 1 ? '"model": "gpt-5.4",' : '"model": "gpt-5.5",']);
});

test('contents come in pieces, no character cut, and the file as it is', async (t) => {
  const h = await startServer(t);
  const content = 'Ünïcode ✓ '.repeat(20_000);
  await chat(h, { messages: [{ role: 'user', content }] });
  const [listed] = await waitFor(h, 1);
  const path = `captures/${listed!.name}`;
  let text = '';
  let pieces = 0;
  for (let next: number | null = 0; next !== null; pieces += 1) {
    const piece: CapturePiece = await h.admin('GET', `${path}/content?of=request${next ? `&offset=${next}` : ''}`);
    assert.ok(Buffer.byteLength(piece.text) < 70_000);
    text += piece.text;
    next = piece.next;
  }
  assert.equal(JSON.parse(text).messages[0].content, content);
  assert.ok(pieces > 3);
  const headers = await signIn(h);
  const file = await ask(h, 'GET', `${path}/file`, { headers });
  assert.match(String(file.headers['content-disposition']), /^attachment; filename="?[\w-]+\.capture\.jsonl"?$/);
  assert.equal(file.headers['cache-control'], 'no-store');
  assert.equal(parseCapture(file.body).id, listed!.id);
  const archive = await ask(h, 'GET', `${path}/har`, { headers });
  assert.match(String(archive.headers['content-disposition']), /^attachment; filename="?[\w-]+\.har"?$/);
  assert.equal(JSON.parse(archive.body).log.entries.length, 2);
  const view = await ask(h, 'GET', path, { headers });
  assert.ok(view.body.length < 100_000, `${view.body.length}`);
  assert.match(codeOf(await ask(h, 'GET', `${path}/content?of=else`, { headers })), /^400 /);
});

test('recording for some time, by whom the log tells', async (t) => {
  const h = await startServer(t, { record: 'off' });
  assert.deepEqual(await h.admin('GET', 'recording'), { mode: 'off' });
  const started = await h.admin('POST', 'recording', { mode: 'errors', seconds: '600' });
  assert.equal(started.mode, 'errors');
  assert.ok((started.untilMs as number) > Date.now());
  await assert.rejects(h.admin('POST', 'recording', { mode: 'all', seconds: 1e9 }), /400/);
  await assert.rejects(h.admin('POST', 'recording', { mode: 'all', seconds: 60, key: 'nobody' }), /400/);
  h.upstream.refuse(429, { error: { type: 'usage_limit_reached', message: 'The usage limit has been reached' } });
  await chat(h);
  const [failed] = await waitFor(h, 1);
  assert.deepEqual([failed!.status, failed!.error, failed!.reason], [429, 'OC_USAGE_LIMIT', 'errors']);
  assert.deepEqual(await h.admin('DELETE', 'recording'), { mode: 'off' });
  assert.ok(
    h.logs.some(({ message, by }) => message === 'requests are recorded' && /^the console, by /.test(String(by))),
  );
});

test('pages, deleting, and no file but captures', async (t) => {
  const h = await startServer(t);
  const folder = join(h.dataDir, 'captures');
  mkdirSync(folder);
  writeFileSync(join(folder, 'notes.txt'), 'mine');
  writeFileSync(join(folder, '2099-01-01_broken.capture.jsonl'), 'no capture\n{"at":"model"\n');
  for (let count = 0; count < 3; count += 1) await chat(h);
  for (; readdirSync(folder).length < 5; await setTimeout(20));
  const first = await h.admin<CapturePage>('GET', 'captures?limit=2');
  const second = await h.admin<CapturePage>('GET', `captures?limit=2&before=${first.next}`);
  assert.deepEqual([first.captures.length, second.captures.length, second.next], [2, 2, null]);
  const names = [...first.captures, ...second.captures].map(({ name }) => name);
  assert.deepEqual(
    names,
    readdirSync(folder)
      .filter((name) => name !== 'notes.txt')
      .sort()
      .reverse(),
  );
  await assert.rejects(h.admin('GET', `captures/${names[0]}`), /HTTP 409 .*This is no capture/);
  await h.admin('DELETE', `captures/${names[1]}`);
  for (const name of [
    names[1],
    'notes.txt',
    '..%2fauth.json',
    '%2e%2e%2fcaptures%2fnotes.txt',
    `..%2fcaptures%2f${names[0]}`,
  ])
    for (const path of [
      `captures/${name}`,
      `captures/${name}/file`,
      `captures/${name}/har`,
      `captures/${name}/content?of=client`,
    ])
      await assert.rejects(h.admin('GET', path), /HTTP 404/, path);
  await assert.rejects(h.admin('DELETE', 'captures/notes.txt'), /HTTP 404/);
  assert.equal(readdirSync(folder).length, 4);
});

test('for admins alone, and with the token of a session where something changes', async (t) => {
  const h = await startServer(t, { clientKeys: [] });
  const { cookie } = await signIn(h);
  for (const [method, path] of [
    ['GET', 'captures'],
    ['GET', 'captures/x/file'],
    ['GET', 'recording'],
    ['POST', 'recording'],
    ['DELETE', 'captures/x'],
  ] as const) {
    assert.match(codeOf(await ask(h, method, path)), /^401 /, path);
    const isRead = method === 'GET';
    if (!isRead) assert.match(codeOf(await ask(h, method, path, { headers: { cookie: cookie! } })), /^403 /, path);
  }
});
