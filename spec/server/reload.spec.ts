/** A configuration that changes while the server runs: what counts at once, what goes on as it was, what a fault does. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { defineMiddleware } from '../../lib/chain/middleware.ts';
import { Reloader } from '../../lib/server/reload.ts';
import { createFakeOpenAiServer } from '../support/fake-openai-server.ts';
import { createHarness, type Harness } from '../support/index.ts';
import { createRecordingLog } from '../support/recording-log.ts';

const hello = { model: 'gpt-5.5', stream: true, messages: [{ role: 'user', content: 'Hello' }] };

const post = (h: Harness, body: object = hello, headers: Record<string, string> = {}) =>
  h.fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

async function answererOf(h: Harness, model: string): Promise<string | null> {
  const answer = await post(h, { ...hello, model });
  await answer.text();
  return answer.headers.get('x-opencompat-model');
}

test('an alias, a provider, a client key and a limit count at once; what is removed is gone', async (t) => {
  const box = await createFakeOpenAiServer({ models: ['llama'] });
  t.after(() => box.close());
  const h = await createHarness(t);
  assert.equal((await post(h, { ...hello, model: 'fast' })).status, 404);
  const report = await h.reload({ aliases: { fast: 'gpt-5.5' } });
  assert.deepEqual(report, { outcome: 'taken', changes: ['aliases.fast added'], waiting: [] });
  assert.equal(await answererOf(h, 'fast'), 'chatgpt/gpt-5.5');

  const providers = { box: { type: 'openai-compatible', baseURL: box.url, enabled: true } };
  const changed = await h.reload({ providers, aliases: { fast: 'box/llama' } });
  assert.deepEqual(changed.changes, ['aliases.fast changed', 'providers.box added']);
  assert.equal(await answererOf(h, 'fast'), 'box/llama');
  await h.reload({ providers: {}, aliases: {} });
  assert.equal((await post(h, { ...hello, model: 'box/llama' })).status, 404);

  assert.deepEqual((await h.reload({ apiKeys: ['a-key'] })).changes, ['apiKeys']);
  assert.equal((await post(h)).status, 401);
  assert.equal((await post(h, hello, { authorization: 'Bearer a-key' })).status, 200);
  assert.deepEqual(await h.reload(), { outcome: 'unchanged', changes: [], waiting: [] });
});

test('requests are counted across a reload, also against another limit', async (t) => {
  const h = await createHarness(t, { config: { rateLimit: 100 } });
  for (let sent = 0; sent < 3; sent += 1) await (await post(h)).text();
  await h.reload({ rateLimit: 4 });
  assert.equal((await post(h)).headers.get('x-ratelimit-remaining-requests'), '0');
  assert.equal((await post(h)).status, 429);
});

test('streams that run lose nothing by reloads, and end on the configuration that they began with', async (t) => {
  const streams = 12;
  const ended: string[] = [];
  const shout = defineMiddleware({
    name: 'shout',
    create: (_options, { config, onClose }) => {
      const mark = Object.keys(config.aliases).length;
      onClose(() => void ended.push(`${mark}`));
      return (req, res, next) => {
        res.setHeader('x-mark', String(mark));
        req.exchange.onEvent((event, emit) => {
          if (event.type === 'response.output_text.delta') emit({ ...event, delta: `${event.delta}${mark}` });
          else emit(event);
        });
        next();
      };
    },
  });
  const h = await createHarness(t, { plugins: [shout] });
  const answers: Response[] = [];
  for (let index = 0; index < streams; index += 1) {
    h.upstream.reply('text-hello.sse', { pauseAfterBytes: 2000 + 100 * (index % 5), splitEveryBytes: 97 });
    if (index % 3 === 2)
      await h.reload({ aliases: Object.fromEntries([...Array(index).keys()].map((n) => [n, 'gpt-5.5'])) });
    answers.push(await post(h));
  }
  assert.deepEqual(ended, [], 'all of them are in use');
  for (let index = 0; index < streams; index += 1) (await h.upstream.waitForRequest(index)).resume();
  const texts = await Promise.all(answers.map((answer) => answer.text()));
  for (const [index, text] of texts.entries()) {
    assert.match(text, /\[DONE\]/);
    const mark = answers[index]!.headers.get('x-mark')!;
    const deltas = [...text.matchAll(/"content":"(.*?)"/g)].map(([, delta = '']) => delta);
    const words = deltas.map((delta) => delta.slice(0, -mark.length)).join('');
    assert.equal(words, 'Hello! How can I help you today?', `of stream ${index}`);
    assert.ok(deltas.every((delta) => delta === '' || delta.endsWith(mark)));
  }
  while (ended.length < 4) await new Promise(setImmediate);
  assert.deepEqual(ended.sort(), ['0', '2', '5', '8'], 'and each is closed when its last one has ended');
});

test('a WebSocket stays open, and its next turn is on the new configuration', async (t) => {
  const h = await createHarness(t);
  const webSocket = new WebSocket(`${h.url.replace('http', 'ws')}/v1/responses`);
  const events: string[] = [];
  let tell = () => {};
  webSocket.on('message', (data) => {
    const { type, response, error } = JSON.parse(String(data));
    if (/completed|error/.test(type)) events.push(error?.code ?? response.model);
    tell();
  });
  await new Promise((resolve) => webSocket.once('open', resolve));
  const ask = async (model: string) => {
    const before = events.length;
    webSocket.send(JSON.stringify({ type: 'response.create', model, input: 'Hello' }));
    while (events.length === before)
      await new Promise<void>((resolve) => {
        tell = resolve;
      });
  };
  await ask('fast');
  await h.reload({ aliases: { fast: 'gpt-5.5' } });
  await ask('fast');
  await h.reload({ apiKeys: ['a-key'] });
  await ask('fast');
  assert.deepEqual(events, ['model_not_found', 'fast', 'invalid_api_key']);
  webSocket.terminate();
});

test('a fault changes nothing, and is told in the log, at /ready and in a metric until it is mended', async (t) => {
  const h = await createHarness(t, { config: { aliases: { fast: 'gpt-5.5' } } });
  const refusedOf = async () => /^opencompat_config_refused (\d)$/m.exec(await (await h.fetch('/metrics')).text())![1];
  assert.equal(await refusedOf(), '0');
  const report = await h.reload({ aliases: {}, rateLimt: 5 } as never);
  assert.equal(report.outcome, 'refused');
  assert.match(
    report.message!,
    /opencompat\.config\.json:1 {2}rateLimt: is not a known key here; did you mean 'rateLimit'\?/,
  );
  assert.equal(await answererOf(h, 'fast'), 'chatgpt/gpt-5.5');
  const ready = (await (await h.fetch('/ready')).json()) as { status: string; configuration: Record<string, unknown> };
  assert.equal(ready.status, 'ready');
  assert.equal(ready.configuration.current, false);
  assert.deepEqual(ready.configuration.faults, [
    "opencompat.config.json:1  rateLimt: is not a known key here; did you mean 'rateLimit'?",
  ]);
  assert.equal(await refusedOf(), '1');
  const [line] = h.logs.filter(({ level }) => level === 'error');
  assert.match(JSON.stringify(line), /was not reloaded.*did you mean 'rateLimit'/);

  assert.equal((await h.reload({ rateLimt: undefined } as never)).outcome, 'taken');
  assert.equal((await post(h, { ...hello, model: 'fast' })).status, 404);
  assert.equal(await refusedOf(), '0');
  assert.equal('configuration' in ((await (await h.fetch('/ready')).json()) as object), false);
});

test('what only a start reads keeps its value, and is named', async (t) => {
  const h = await createHarness(t);
  const report = await h.reload({ port: 1, host: '0.0.0.0', responsesStore: 'off', aliases: { fast: 'gpt-5.5' } });
  assert.deepEqual(report.changes, ['aliases.fast added']);
  assert.deepEqual(report.waiting, ['host', 'port', 'responsesStore']);
  assert.equal(await answererOf(h, 'fast'), 'chatgpt/gpt-5.5');
  const ready = (await (await h.fetch('/ready')).json()) as { configuration: object };
  assert.deepEqual(ready.configuration, { current: true, after_restart: ['host', 'port', 'responsesStore'] });
  assert.ok(h.logs.some((line) => line.level === 'warn' && line.settings === 'host, port, responsesStore'));
});

test('limits of connections and the level of the log change with it', async (t) => {
  const h = await createHarness(t, { config: { logLevel: 'info' } });
  await h.fetch('/health');
  assert.equal(h.logs.filter(({ path }) => path === '/health').length, 0);
  await h.reload({ logLevel: 'debug', maxBodyBytes: 1024 });
  await h.fetch('/health');
  assert.equal(h.logs.filter(({ path }) => path === '/health').length, 1);
  assert.equal((await post(h, { ...hello, user: 'x'.repeat(2000) })).status, 413);
});

test('the sign-in, its refresh and the list of models survive, also where the provider’s settings change', async (t) => {
  const h = await createHarness(t);
  await (await post(h)).text();
  h.upstream.reply('text-hello.sse', { pauseAfterBytes: 2000 });
  const running = await post(h);
  h.upstream.expireTokens();
  const first = post(h);
  await h.reload({ reasoningEffort: 'low' });
  const second = post(h);
  assert.deepEqual([(await first).status, (await second).status], [200, 200]);
  const asked = (path: string) => h.upstream.otherRequests.filter((request) => request.path.startsWith(path)).length;
  assert.equal(asked('/oauth/token'), 1, 'a refresh token works once');
  const lists = asked('/backend-api/codex/models');
  await h.fetch('/v1/models');
  await h.reload({ reasoningEffort: 'high' });
  await h.fetch('/v1/models');
  assert.equal(asked('/backend-api/codex/models'), lists);
  h.upstream.requests[1]!.resume();
  assert.match(await running.text(), /\[DONE\]/);
  assert.equal(h.upstream.last.body.reasoning.effort, 'low');
});

test('kept answers can be gone on from', async (t) => {
  const h = await createHarness(t);
  const ask = async (body: object) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const answer = await h.fetch('/v1/responses', { ...init, body: JSON.stringify({ model: 'gpt-5.5', ...body }) });
    return (await answer.json()) as { id: string };
  };
  const { id } = await ask({ input: 'Say one' });
  await h.reload({ aliases: { fast: 'gpt-5.5' } });
  await ask({ input: 'And now?', previous_response_id: id });
  assert.match(JSON.stringify(h.upstream.last.body.input), /Say one.*And now\?/);
});

test('files that cannot be watched fail no reload, and none after it', async () => {
  let loads = 0;
  const log = createRecordingLog();
  const reloads = new Reloader({
    load() {
      loads += 1;
      throw new Error('no configuration');
    },
    files() {
      throw new Error('ENOENT');
    },
    current: () => ({ plan: { loaded: {} } }) as never,
    plan: () => Promise.reject(new Error('never asked')),
    open: () => Promise.reject(new Error('never asked')),
    take() {},
    log,
  });
  for (const _ of [1, 2]) assert.equal((await reloads.reload('a spec')).outcome, 'refused');
  assert.equal(loads, 2);
  assert.equal(log.lines.filter(({ level }) => level === 'warn').length, 2);
  await reloads.close();
});
