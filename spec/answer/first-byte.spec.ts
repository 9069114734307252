/** A client that waits for an upstream's first sign hears from the server in time, whatever comes of its request then. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { type TestContext, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { Ollama } from 'ollama';
import { WebSocket } from 'ws';
import { type BoxHarness, createBoxHarness, hello, post } from '../support/box-harness.ts';
import { clientReaders } from '../support/client-readers.ts';
import { fakeChatText } from '../support/fake-openai-server.ts';
import { type Gate, startGate } from '../support/gate.ts';
import type { HarnessOptions } from '../support/harness.ts';
import { scriptAnswer } from '../support/index.ts';

interface Waiting {
  h: BoxHarness;
  /** In front of ChatGPT and of the server `slow`: holds every question. */
  gates: readonly Gate[];
  open(): void;
  hold(): void;
}

const text = 'Worth the wait.';
const broken = { error: { message: 'Broken.', type: 'server_error', code: null } };
const tooMuch = { error: { message: 'Slowly.', type: 'requests', code: 'rate_limit_exceeded' } };

/** The stream behind what came while nobody answered. */
async function readBehindSilence(answer: Response): Promise<string> {
  const wire = await answer.text();
  assert.match(wire, /^(: ping\n|event: ping\n|\{"model":)/);
  return wire.replace(/^: ping\n/gm, '');
}

/** The text of a stream that was passed on. */
function textOfChunks(wire: string): string {
  assert.match(wire, /\[DONE\]\n\n$/);
  return [...wire.matchAll(/"content":"(.*?)"/g)].map(([, content]) => content).join('');
}

/** ChatGPT and the provider `slow` are behind gates that are held; `box` answers at once. */
async function setUp(t: TestContext, config: HarnessOptions['config'] = {}, slow = {}): Promise<Waiting> {
  const gates = [await startGate(t), await startGate(t)] as const;
  const h = await createBoxHarness(t, {
    isSignedIn: true,
    providers: { slow: { type: 'openai-compatible', baseURL: `${gates[1].url}/v1`, ...slow } },
    config: {
      keepaliveInterval: 0.02,
      chatgptBaseUrl: `${gates[0].url}/backend-api`,
      aliases: { either: ['gpt-5.5', 'box/fake-model'] },
      ...config,
    },
  });
  gates[0].target = h.upstream.authUrl;
  gates[1].target = new URL(h.box.url).origin;
  const hold = () => {
    for (const gate of gates) gate.set('held', /\/(responses|completions|embeddings)$/);
  };
  hold();
  return {
    h,
    gates,
    hold,
    open() {
      for (const gate of gates) gate.set('open');
    },
  };
}

test('a stream has its head before the upstream has answered; the answer, and an error, come in it', async (t) => {
  const { h, open, hold } = await setUp(t);
  for (const reader of clientReaders) {
    const ask = () => post(h, reader.path, reader.toBody('gpt-5.5', true));
    hold();
    const asked = await ask();
    assert.deepEqual([asked.status, asked.headers.get('x-opencompat-model')], [200, 'chatgpt/gpt-5.5'], reader.name);
    h.upstream.reply(scriptAnswer(text));
    open();
    const wire = await readBehindSilence(asked);
    assert.equal(reader.readStream(wire).text, text, reader.name);

    hold();
    const failed = await ask();
    assert.equal(failed.status, 200);
    h.upstream.refuse(500, broken);
    open();
    const { error } = reader.readStreamError(await readBehindSilence(failed));
    assert.match(JSON.stringify(error), /Broken/, reader.name);
  }
});

test('a stream that is passed on waits the same way', async (t) => {
  const { h, open, hold } = await setUp(t);
  const [chat, ...others] = clientReaders;
  assert.ok(others.length > 0);
  const asked = await post(h, chat!.path, chat!.toBody('slow/fake-model', true));
  open();
  assert.equal(textOfChunks(await readBehindSilence(asked)), fakeChatText);

  hold();
  const failed = await post(h, chat!.path, chat!.toBody('slow/fake-model', true));
  h.box.refuse(500, broken);
  open();
  assert.match(chat!.readError(chat!.readStreamError(await readBehindSilence(failed))), /Broken/);

  hold();
  const refused = await post(h, chat!.path, chat!.toBody('slow/fake-model', true));
  // Under a status of success.
  h.box.reply([tooMuch]);
  open();
  const wire = await readBehindSilence(refused);
  assert.equal(wire.match(/^data: /gm)?.length, 1);
  assert.match(chat!.readError(chat!.readStreamError(wire)), /Slowly/);
});

test('what is tried again is tried again behind the head', async (t) => {
  const { h, open, hold } = await setUp(t);
  const refusals = {
    'as a status': () => h.upstream.refuse(429, tooMuch, { 'retry-after-ms': '1' }),
    'as the first event': () =>
      h.upstream.reply(scriptAnswer([], { end: { failed: { code: 'rate_limit_exceeded', message: 'Slowly.' } } })),
  };
  for (const reader of clientReaders) {
    for (const [kind, refuse] of Object.entries(refusals)) {
      hold();
      const asked = await post(h, reader.path, reader.toBody('either', true));
      refuse();
      open();
      const wire = await readBehindSilence(asked);
      const told = reader.path === '/v1/chat/completions' ? textOfChunks(wire) : reader.readStream(wire).text;
      assert.equal(told, fakeChatText, `${reader.name}, refused ${kind}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  h.upstream.expireTokens();
  hold();
  const renewed = await post(h, '/v1/chat/completions', { model: 'gpt-5.5', messages: hello, stream: true });
  h.upstream.reply(scriptAnswer(text));
  open();
  assert.match(await renewed.text(), /wait/);
});

test('which model answers, and what it ignores, is told behind the answer where the head came too early', async (t) => {
  const { h, open, hold } = await setUp(t);
  const [chat] = clientReaders;
  for (const isWhole of [false, true]) {
    hold();
    await h.reload({ keepaliveWhole: isWhole });
    const req = request(h.url + chat!.path, { method: 'POST', headers: { 'content-type': 'application/json' } });
    req.end(JSON.stringify({ ...chat!.toBody('either', !isWhole), logit_bias: { 1: 1 } }));
    const [answer] = (await once(req, 'response')) as [IncomingMessage];
    assert.deepEqual(
      ['x-opencompat-model', 'x-opencompat-ignored'].map((name) => answer.headers[name]),
      [undefined, undefined],
    );
    h.upstream.refuse(429, tooMuch, { 'retry-after-ms': '1' });
    open();
    for await (const _part of answer);
    assert.deepEqual(answer.trailers, { 'x-opencompat-model': 'box/fake-model' });
  }
  const line = h.logs.findLast(({ path }) => path === chat!.path);
  assert.deepEqual([line?.provider, line?.upstream_model], ['box', 'fake-model']);
});

test('several choices, and lists of prompts, wait together', async (t) => {
  const { h, open, hold } = await setUp(t);
  for (const [path, body] of [
    ['/v1/chat/completions', { messages: hello, n: 2 }],
    ['/v1/completions', { prompt: ['One', 'Two'] }],
  ] as const) {
    hold();
    const asked = await post(h, path, { model: 'gpt-5.5', stream: true, ...body });
    h.upstream.reply(scriptAnswer(text)).reply(scriptAnswer(text));
    open();
    const wire = await asked.text();
    for (const index of [0, 1]) assert.match(wire, new RegExp(`"index":${index}`));
    assert.match(wire, /\[DONE\]\n\n$/);
  }
});

test('the SDKs go on waiting, and raise what comes late', async (t) => {
  const { h, open, hold } = await setUp(t);
  const anthropic = new Anthropic({ baseURL: h.url, apiKey: 'none', maxRetries: 0 });
  const ollama = new Ollama({ host: h.url });
  const model = 'gpt-5.5';
  const streams: (() => Promise<AsyncIterable<unknown>> | AsyncIterable<unknown>)[] = [
    () => h.client.chat.completions.create({ model, messages: hello, stream: true }),
    () => h.client.responses.create({ model, input: 'Hello', stream: true }),
    () => h.client.responses.stream({ model, input: 'Hello' }),
    () => anthropic.messages.create({ model, max_tokens: 100, messages: hello, stream: true }),
    () => ollama.chat({ model, messages: hello, stream: true }),
  ];
  for (const [index, begin] of streams.entries()) {
    for (const isBroken of [false, true]) {
      hold();
      const stream = await begin();
      if (isBroken) h.upstream.refuse(500, broken);
      else h.upstream.reply(scriptAnswer(text));
      const events: unknown[] = [];
      setTimeout(open, 60);
      try {
        for await (const event of stream) events.push(event);
      } catch (error) {
        events.push(String(error));
      }
      const seen = JSON.stringify(events);
      assert.match(seen, isBroken ? /Broken/ : /wait/, `${index}`);
      assert.equal(seen.includes('Error'), isBroken && !seen.includes('response.failed'), seen);
    }
  }
});

test('a picture that is drawn in a stream', async (t) => {
  const { h, open, hold } = await setUp(t);
  const body = { model: 'gpt-image-1', prompt: 'A cat', stream: true };
  const asked = await post(h, '/v1/images/generations', body);
  h.upstream.reply('image-generation.sse');
  open();
  assert.match(await asked.text(), /event: image_generation.completed\n/);

  hold();
  const failed = await post(h, '/v1/images/generations', body);
  h.upstream.refuse(500, broken);
  open();
  assert.match(await failed.text(), /event: error\ndata: .*Broken/);
});

test('an upstream that never answers is given up all the same', async (t) => {
  const { h } = await setUp(t, { upstreamIdleTimeout: 0.2 });
  const answer = await post(h, '/v1/chat/completions', { model: 'gpt-5.5', messages: hello, stream: true });
  assert.equal(answer.status, 200);
  assert.match(await answer.text(), /(: ping\n)+data: .*upstream_timeout.*\n\n$/);
});

test('an error before the first keepalive has its status', async (t) => {
  const { h, open, gates } = await setUp(t, { keepaliveInterval: 30, keepaliveWhole: true });
  for (const stream of [true, false]) {
    const asked = post(h, '/v1/chat/completions', { model: 'gpt-5.5', messages: hello, stream });
    await gates[0]!.waitForRequest();
    h.upstream.refuse(500, broken);
    open();
    assert.equal((await asked).status, 502);
  }
});

test('an answer in one piece begins with white space, where the configuration says so', async (t) => {
  const { h, open, hold } = await setUp(t, { keepaliveWhole: true });
  for (const reader of clientReaders) {
    for (const [model, expected] of [
      ['gpt-5.5', text],
      ['slow/fake-model', fakeChatText],
    ] as const) {
      const ask = () => post(h, reader.path, reader.toBody(model, false));
      hold();
      const asked = await ask();
      assert.deepEqual([asked.status, asked.headers.get('content-length')], [200, null]);
      if (model === 'gpt-5.5') h.upstream.reply(scriptAnswer(text));
      open();
      const wire = await asked.text();
      assert.match(wire, /^ +\{/);
      assert.equal(reader.readWhole(JSON.parse(wire)).text, expected, reader.name);

      hold();
      const failed = await ask();
      assert.match(failed.headers.get('content-type')!, /^application\/json/);
      if (model === 'gpt-5.5') h.upstream.refuse(500, broken);
      else h.box.refuse(500, broken);
      open();
      assert.match(reader.readError((await failed.json()) as never), /Broken/, reader.name);
    }
  }
  hold();
  const vectors = await post(h, '/v1/embeddings', { model: 'slow/fake-embedding', input: 'One' });
  open();
  assert.equal(((await vectors.json()) as { data: object[] }).data.length, 1);
});

test('without that it has its length, and a status, however long it takes', async (t) => {
  const { h, open, gates, hold } = await setUp(t);
  for (const isBroken of [false, true]) {
    hold();
    const asked = post(h, '/v1/chat/completions', { model: 'gpt-5.5', messages: hello });
    await gates[0]!.waitForRequest();
    // Its head comes after the same silence.
    await (await post(h, '/v1/chat/completions', { model: 'gpt-5.5', messages: hello, stream: true })).body!.cancel();
    if (isBroken) h.upstream.refuse(500, broken);
    open();
    const answer = await asked;
    assert.equal(answer.status, isBroken ? 502 : 200);
    assert.match(answer.headers.get('content-length')!, /^\d+$/);
    await answer.text();
  }
});

test('over a WebSocket an error keeps its status: pings keep the connection', async (t) => {
  const { h, open, gates } = await setUp(t);
  const socket = new WebSocket(`${h.url.replace('http', 'ws')}/v1/responses`);
  t.after(() => socket.terminate());
  await new Promise((resolve) => socket.once('open', resolve));
  const frame = new Promise<string>((resolve) => socket.once('message', (data) => resolve(String(data))));
  socket.send(JSON.stringify({ type: 'response.create', model: 'gpt-5.5', input: 'Hello', store: false }));
  await gates[0]!.waitForRequest();
  const stream = await post(h, '/v1/responses', { model: 'slow/fake-model', input: 'Hello', stream: true });
  h.upstream.refuse(500, broken);
  open();
  const { type, status } = JSON.parse(await frame) as { type: string; status: number };
  assert.deepEqual([type, status], ['error', 502]);
  await stream.body!.cancel();
});
