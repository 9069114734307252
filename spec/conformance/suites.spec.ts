/** Our own server keeps what its APIs promise, and each check can tell when a server does not. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { toJUnit, toTable } from '../../lib/conformance/report.ts';
import { isConforming, type Result, runSuites } from '../../lib/conformance/run.ts';
import { suites } from '../../lib/conformance/suites.ts';
import { runCommand } from '../support/commands.ts';
import { openProvider, type ProviderUnderTest } from '../support/every-provider.ts';
import { createHarness } from '../support/harness.ts';
import { processEnv } from '../support/process-env.ts';

const names = Object.keys(suites);
const ids = names.flatMap((name) => suites[name]!.map(({ id }) => id));
const key = 'oc-conformance-key';

test('each check has an id of its own, and a source', () => {
  assert.equal(new Set(ids).size, ids.length);
  for (const { id, source } of Object.values(suites).flat()) assert.match(source, /^(https:\/\/|openai: )/, id);
});

const failuresOf = (results: readonly Result[]) =>
  results.filter(({ verdict }) => verdict === 'failed').map(({ id, reason }) => `${id}: ${reason}`);

/** Those whose upstream answers what it was asked; a scripted one would fail for its script. */
for (const name of ['chatgpt', 'copilot over /responses'] as const) {
  test(`every API over ${name} keeps what it promises`, async (t) => {
    const { harness, model, embeddingsModel } = await openProvider(t, name, { apiKey: key });
    const results = await runSuites({ base: harness.url, key, model, embeddingsModel }, names, undefined);
    assert.deepEqual(failuresOf(results), []);
    assert.ok(isConforming(results));
    const skipped = results.filter(({ verdict }) => verdict === 'skipped').map(({ id }) => id);
    const isVectorless = embeddingsModel === undefined;
    assert.deepEqual(
      skipped.filter((id) => !(isVectorless && id.includes('embed'))),
      [],
    );
  });
}

interface Altered {
  status: number;
  headers: Headers;
  text: string;
}

type Alter = (answer: Altered) => void;

/** Rewrites each JSON of the answer: the body, or the data of each event or line. */
function eachJson(change: (value: Record<string, unknown>, index: number) => unknown): Alter {
  return (answer) => {
    let index = 0;
    const rewrite = (line: string) =>
      line.replace(
        /^(data: )?(\{.*\})$/,
        (_, mark = '', json) => `${mark}${JSON.stringify(change(JSON.parse(json), index++))}`,
      );
    answer.text = answer.text.split('\n').map(rewrite).join('\n');
  };
}

/** Rewrites each member of an answer, however deep. */
function eachMember(change: (key: string, value: unknown) => unknown): Alter {
  return (answer) => {
    const rewrite = (line: string) =>
      line.replace(/^(data: )?(\{.*\})$/, (_, mark = '', json) => `${mark}${JSON.stringify(JSON.parse(json, change))}`);
    answer.text = answer.text.split('\n').map(rewrite).join('\n');
  };
}

const isWithin = (value: unknown): value is object => typeof value === 'object' && value !== null;
const blocks =
  (change: (all: string[]) => string[]): Alter =>
  (answer) => {
    if (!answer.text.includes('\n\n')) return;
    answer.text = change(answer.text.split('\n\n')).join('\n\n');
  };
let serial = 0;

/** What is done to every answer of a server, to see which checks notice. */
const mutations: Record<string, Alter> = {
  'wrong media type': ({ headers }) => headers.set('content-type', 'text/plain'),
  'no request id': ({ headers }) => {
    for (const name of ['x-request-id', 'request-id']) headers.delete(name);
  },
  'always 200': (answer) => Object.assign(answer, { status: 200 }),
  'always 418': (answer) => Object.assign(answer, { status: 418 }),
  'no 404': (answer) => void (answer.status === 404 && Object.assign(answer, { status: 400 })),
  'empty texts': eachMember((_, value) => (typeof value === 'string' ? '' : value)),
  'strange texts': eachMember((_, value) => (typeof value === 'string' ? 'oops' : value)),
  'negative numbers': eachMember((_, value) => (typeof value === 'number' ? -1 : value)),
  'growing numbers': eachMember((_, value) => (typeof value === 'number' ? value + 0.5 + serial++ : value)),
  'all numbers the same': eachMember((_, value) => (typeof value === 'number' ? 7 : value)),
  'empty lists': eachMember((_, value) => (Array.isArray(value) ? [] : value)),
  'no lists': eachMember((_, value) => (Array.isArray(value) ? undefined : value)),
  'lists doubled': eachMember((_, value) => (Array.isArray(value) ? [...value, ...value] : value)),
  'lists of unequal vectors': eachMember((name, value) =>
    name === 'embedding' && Array.isArray(value) ? value.slice(serial++) : value,
  ),
  'nothing inside': eachMember((name, value) => (name !== '' && isWithin(value) && !Array.isArray(value) ? {} : value)),
  'null inside': eachMember((name, value) => (name !== '' && isWithin(value) ? null : value)),
  'no null': eachMember((_, value) => (value === null ? undefined : value)),
  'null is a text': eachMember((_, value) => (value === null ? 'none' : value)),
  'an id each time': eachMember((name, value) => (/^id$|_id$/.test(name) ? `id-${serial++}` : value)),
  'another name each time': eachMember((name, value) =>
    /^(model|created|created_at|name)$/.test(name) ? `${value}${serial++}` : value,
  ),
  'one id for all': eachMember((name, value) => (name === 'id' ? 'same' : value)),
  'usage in every chunk': eachJson((value) => ({
    ...value,
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 9 },
  })),
  'an error in every object': eachJson((value) => ({
    ...value,
    error: { message: 'no' },
    type: value.type && 'error',
  })),
  'every line done': eachJson((value) => ({ ...value, done: true })),
  'no role': eachMember((name, value) => (name === 'role' ? undefined : value)),
  'vowels everywhere': eachMember((name, value) =>
    name === 'content' && typeof value === 'string' ? `${value} aeio` : value,
  ),
  'no piece': blocks((all) => all.filter((block) => !block.includes('delta"') || block.includes('finish_reason":"'))),
  'no first event': blocks((all) => all.slice(1)),
  'the first event twice': blocks((all) => [all[0]!, ...all]),
  'everything twice': blocks((all) => [...all.slice(0, -1), ...all]),
  'no last event': blocks((all) => [...all.slice(0, -2), '']),
  'every second event': blocks((all) => all.filter((_, index) => index % 2 === 0)),
  backwards: blocks((all) => [...all.slice(0, -1).reverse(), '']),
  'indexes from one': eachMember((name, value) => (name === 'index' ? Number(value) + 1 : value)),
  'calls with a gap': eachMember((name, value) =>
    name === 'tool_calls' && Array.isArray(value) ? value.map((call) => ({ ...call, index: 5 })) : value,
  ),
  'a call in every message': eachMember((name, value) =>
    name === 'message' && isWithin(value) ? { ...value, tool_calls: [{ id: 'c' }] } : value,
  ),
  'event names gone': (answer) => Object.assign(answer, { text: answer.text.replaceAll(/^event: .*\n/gm, '') }),
  'no JSON': (answer) => Object.assign(answer, { text: answer.text.replaceAll(/\{"/g, '{oops"') }),
  'cut off': (answer) => Object.assign(answer, { text: answer.text.trimEnd() }),
};

function statusOf(alter: Alter): number {
  const answer = { status: 401, headers: new Headers(), text: '' };
  alter(answer);
  return answer.status;
}

function isEnd(frame: string): boolean {
  try {
    return /^(error|response\.(completed|incomplete|failed))$/.test(JSON.parse(frame).type);
  } catch {
    return false;
  }
}

/** The frames of each answer as the events of a stream, which the mutation takes, and back. */
function passAltered(from: WebSocket, to: WebSocket, alter: () => Alter): void {
  let frames: string[] = [];
  from.on('message', (data) => {
    frames.push(String(data));
    if (!isEnd(frames.at(-1)!)) return;
    const text = frames.map((frame) => `data: ${frame}\n\n`).join('');
    frames = [];
    const answer = { status: 101, headers: new Headers(), text };
    alter()(answer);
    const altered = answer.text.split('\n\n').map((block) => block.replace('data: ', ''));
    for (const frame of altered) if (frame) to.send(frame);
    // Its own end may have been taken away.
    if (!altered.some(isEnd)) to.send('{"type":"response.failed"}');
  });
}

async function serveAltered(t: TestContext, { harness }: ProviderUnderTest, alter: () => Alter): Promise<string> {
  const handle: RequestListener = async (req, res) => {
    const pieces: Buffer[] = [];
    for await (const piece of req) pieces.push(piece);
    const headers = {
      'content-type': req.headers['content-type'] ?? '',
      authorization: req.headers.authorization ?? '',
      'anthropic-version': String(req.headers['anthropic-version'] ?? ''),
    };
    if (headers['anthropic-version'] === '') delete (headers as Record<string, string>)['anthropic-version'];
    const body = pieces.length > 0 ? Buffer.concat(pieces) : undefined;
    const response = await fetch(`${harness.url}${req.url}`, { method: req.method, headers, body });
    const answer = { status: response.status, headers: new Headers(response.headers), text: await response.text() };
    alter()(answer);
    for (const name of ['content-length', 'content-encoding', 'transfer-encoding', 'connection'])
      answer.headers.delete(name);
    res.writeHead(answer.status, Object.fromEntries(answer.headers)).end(answer.text);
  };
  const server = createServer(handle).listen(0, '127.0.0.1');
  t.after(() => server.close());
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (req, socket, head) => {
    const { authorization = '' } = req.headers;
    const upstream = new WebSocket(`${harness.url.replace('http', 'ws')}${req.url}`, { headers: { authorization } });
    const refuse = () => socket.end('HTTP/1.1 401 Unauthorized\r\nconnection: close\r\n\r\n');
    // A server that lets everyone in, where statuses are altered.
    upstream.once('error', () =>
      statusOf(alter()) === 401 ? refuse() : sockets.handleUpgrade(req, socket, head, () => {}),
    );
    upstream.once('open', () =>
      sockets.handleUpgrade(req, socket, head, (client) => {
        client.on('message', (data) => upstream.send(String(data)));
        passAltered(upstream, client, alter);
        client.on('close', () => upstream.close());
      }),
    );
  });
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('every check turns red on a server with some fault', async (t) => {
  const provider = await openProvider(t, 'copilot over /responses', { apiKey: key });
  let alter: Alter = () => {};
  const base = await serveAltered(t, provider, () => alter);
  const red = new Set<string>();
  for (const mutation of Object.values(mutations)) {
    alter = mutation;
    const options = { base, key, model: provider.model, embeddingsModel: provider.embeddingsModel };
    for (const { id, verdict, reason } of await runSuites(options, names, new Set(ids.filter((id) => !red.has(id))))) {
      // Not for a probe that was refused, but for what the check itself looks at.
      if (verdict === 'failed' && !/gave HTTP 418/.test(reason!)) red.add(id);
    }
  }
  // These look at nothing but whether the server answers at all.
  const plain = ['chat.abort', 'messages.abort', 'responses.abort'];
  assert.deepEqual(
    ids.filter((id) => !red.has(id) && !plain.includes(id)),
    [],
  );
});

/** Models that say the same whatever they are asked: what needs one that does as it is told is left out. */
const needsObedience = /tools|json-schema|format|max-.*tokens|stop/;
/** Faults of the fake's own, whose answers are passed on byte for byte: one id for all, usage unasked, one choice. */
const passedOn = /^chat\.(stream\.no-usage|n|stream\.n|together)$/;

for (const name of [
  'copilot over /chat/completions',
  'copilot over /v1/messages',
  'openai-compatible with Chat alone',
  'anthropic',
] as const) {
  test(`every API over ${name} keeps what any model can`, async (t) => {
    const { harness, model, embeddingsModel } = await openProvider(t, name, { apiKey: key });
    const only = new Set(
      ids.filter((id) => !needsObedience.test(id) && !(name.startsWith('openai-compatible') && passedOn.test(id))),
    );
    const options = { base: harness.url, key, model, embeddingsModel };
    assert.deepEqual(failuresOf(await runSuites(options, names, only)), []);
  });
}

test('the command prints a table, JSON and JUnit, and never the key', async (t) => {
  const h = await createHarness(t, { apiKey: key });
  const check = (...args: string[]) =>
    runCommand(['check', '--url', h.url, '--key', key, '--model', 'gpt-5.5', ...args], { env: processEnv });
  const good = await check('--suite', 'openai', '--only', 'chat.id,chat.role');
  assert.deepEqual([good.status, good.err], [0, '']);
  assert.match(good.out, /^openai: 2 passed, 0 must and 0 should failed, 0 skipped$/m);
  const json = await check('--suite', 'openai', '--only', 'chat.id', '--json');
  assert.equal(JSON.parse(json.out).results[0].verdict, 'passed');
  assert.match((await check('--suite', 'soap')).err, /'soap' is none of openai/);
  assert.match((await check('--suite', 'openai', '--only', 'chat.nothing')).err, /no such check/);
  assert.match((await check('--list')).out, /^chat\.stream\.done \(must\) {2}It ends with \[DONE\]/m);
  for (const { out, err } of [good, json]) assert.doesNotMatch(out + err, new RegExp(key));
});

test('a server that repeats the key, and one that never ends, are told of in safe words', async (t) => {
  const server = createServer((req, res) => {
    if (req.url === '/v1/models') res.end(`{"data":"${req.headers.authorization}"}`);
    // Endless: it says nothing whole.
    else res.write('{');
  }).listen(0, '127.0.0.1');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const only = new Set(['models.list', 'chat.id']);
  const results = await runSuites({ base, key, model: 'm', timeoutMs: 200 }, ['openai'], only);
  assert.ok(!isConforming(results));
  assert.match(toTable(results), /no whole answer came within 0\.2 seconds/);
  assert.doesNotMatch(toTable(results) + toJUnit(results), new RegExp(key));
  assert.match(toJUnit(results), /<testsuite name="openai" tests="2" failures="2" skipped="0">/);
});
