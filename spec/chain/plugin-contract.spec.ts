/** What plugins are given besides the request: text as it streams, answers of their own, hooks, metrics, jobs, state, the ledger. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createError, defineMiddleware, type Exchange, type ExchangeEnd, type Services } from '../../lib/index.ts';
import { createHarness, type Harness, type HarnessOptions, scriptAnswer } from '../support/index.ts';

const hello = { model: 'gpt-5.5', messages: [{ role: 'user' as const, content: 'Hello' }] };
const messages = hello.messages;

/** A plugin that does this with each exchange. */
const plugin = (act: (exchange: Exchange, services: Services) => unknown) =>
  defineMiddleware({
    name: 'acting',
    create: (_options, services) => async (req, _res, next) => {
      await act(req.exchange, services);
      next();
    },
  });

const post = (h: Harness, path: string, body: object) =>
  h.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-5.5', ...body }),
  });

const requests: [path: string, body: object][] = [
  ['/v1/chat/completions', { messages }],
  ['/v1/completions', { prompt: 'Hello' }],
  ['/v1/responses', { input: 'Hello' }],
  ['/v1/messages', { messages, max_tokens: 100 }],
  ['/api/chat', { messages }],
];

/** Every API, streamed and whole. */
async function eachAnswer(h: Harness, check: (text: string, what: string) => void, prepare?: () => void) {
  for (const [path, body] of requests) {
    for (const stream of [true, false]) {
      prepare?.();
      const answer = await post(h, path, { ...body, stream });
      const text = await answer.text();
      assert.equal(answer.status, 200, `${path}: ${text}`);
      check(text, `${path}, ${stream ? 'streamed' : 'whole'}`);
    }
  }
}

/** The text of an answer in any API: what stands under the keys of text, joined. */
function textIn(body: string): string {
  const found = [...body.matchAll(/"(?:content|text|delta)":"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text);
  return found.join('');
}

test('a pattern is replaced in the text of every API, also where it is split between deltas', async (t) => {
  const mask = plugin((exchange) => exchange.onText({ pattern: /falcon/i, maxLength: 6, replace: () => 'bird' }));
  const h = await createHarness(t, { plugins: [mask] });
  const script = scriptAnswer([{ text: ['A fal', 'con', ' and a FAL', 'C', 'ON'] }]);
  await eachAnswer(
    h,
    (text, what) => {
      assert.doesNotMatch(text, /falcon/i, what);
      assert.doesNotMatch(textIn(text), /falcon|fal\b/i, what);
      assert.match(textIn(text), /A bird and a bird/, what);
    },
    () => h.upstream.reply(script),
  );
});

test('whole words can be changed, and a script says where deltas are cut', async (t) => {
  const seen: string[] = [];
  const words = plugin((exchange) =>
    exchange.onText((text, { kind }) => {
      assert.equal(kind, 'text');
      seen.push(text);
      return text.toUpperCase();
    }),
  );
  const h = await createHarness(t, { plugins: [words] });
  h.upstream.reply(scriptAnswer('two words', { split: (text) => [...text] }));
  const answer = await h.client.chat.completions.create(hello);
  assert.equal(answer.choices[0]!.message.content, 'TWO WORDS');
  assert.deepEqual(seen, ['two ', 'words']);
});

test('a plugin’s own answer reaches every API, and no upstream is asked', async (t) => {
  const given = plugin((exchange) => exchange.answer('From the cache.'));
  const h = await createHarness(t, { plugins: [given] });
  await eachAnswer(h, (text, what) => assert.match(textIn(text), /From the cache\./, what));
  assert.equal(h.upstream.requests.length, 0);
});

test('it may be a stream, output items with their usage, one for each choice, or vectors', async (t) => {
  let source: Parameters<Exchange['answer']>[0] = '';
  const h = await createHarness(t, { plugins: [plugin((exchange) => exchange.answer(source))] });
  source = (async function* () {
    yield 'one ';
    yield 'two';
  })();
  const streamed = await h.client.chat.completions.create(hello);
  assert.equal(streamed.choices[0]!.message.content, 'one two');

  const call = { type: 'function_call' as const, call_id: 'c1', name: 'find', arguments: '{"q":1}' };
  const usage = { input_tokens: 3, output_tokens: 4, total_tokens: 7 };
  source = { output: [call], usage: usage as never };
  const called = await h.client.chat.completions.create(hello);
  assert.equal(called.choices[0]!.finish_reason, 'tool_calls');
  assert.equal(called.choices[0]!.message.tool_calls![0]!.id, 'c1');
  assert.equal(called.usage!.total_tokens, 7);

  source = (choice) => `answer ${choice}`;
  const both = await h.client.chat.completions.create({ ...hello, n: 2 });
  assert.deepEqual(
    both.choices.map(({ message }) => message.content),
    ['answer 0', 'answer 1'],
  );

  source = { vectors: [[0.5, 0.25]] };
  const embedded = await h.client.embeddings.create({ model: 'gpt-5.5', input: 'x', encoding_format: 'float' });
  assert.deepEqual(embedded.data[0]!.embedding, [0.5, 0.25]);
  assert.equal(h.upstream.requests.length, 0);
});

test('what a plugin’s stream throws ends the answer with its error', async (t) => {
  const breaking = plugin((exchange) =>
    exchange.answer(
      (async function* () {
        yield 'one';
        throw createError({ code: 'cache_broken', message: 'The cache broke.', status: 502 });
      })(),
    ),
  );
  const h = await createHarness(t, { plugins: [breaking] });
  const answer = await post(h, '/v1/chat/completions', { messages });
  assert.equal(answer.status, 502);
  assert.match(await answer.text(), /cache_broken/);
});

test('a plugin’s own error has its code, status and type in each API, and its message in the log', async (t) => {
  const refuse = plugin(() => {
    throw createError({ code: 'no_ponies', message: 'No ponies here.', status: 403, param: 'messages' });
  });
  const h = await createHarness(t, { plugins: [refuse] });
  for (const [path, body] of requests) {
    const answer = await post(h, path, body);
    assert.equal(answer.status, 403, path);
    assert.match(await answer.text(), /No ponies here\./, path);
  }
  const { error } = (await (await post(h, '/v1/chat/completions', { messages })).json()) as { error: object };
  assert.deepEqual(error, {
    message: 'No ponies here.',
    type: 'permission_error',
    param: 'messages',
    code: 'no_ponies',
  });
  assert.ok(h.logs.some((line) => line.error === 'OC_PLUGIN_ERROR' && line.reason === 'No ponies here.'));
});

test('hooks tell the outcome, and a hook that fails costs nothing else', async (t) => {
  const ends: ExchangeEnd[] = [];
  const errors: string[] = [];
  const watching = plugin((exchange) => {
    exchange.onEnd(() => {
      throw new Error('a bad hook');
    });
    exchange.onEnd((end) => void ends.push(end));
    exchange.onError(({ code }) => void errors.push(code));
  });
  const h = await createHarness(t, { plugins: [watching] });
  await h.client.chat.completions.create(hello);
  h.upstream.refuse(429, { error: { type: 'usage_limit_reached', message: 'spent' } });
  await assert.rejects(h.client.chat.completions.create(hello));
  while (ends.length < 2) await sleep(1);
  assert.deepEqual(
    ends.map(({ outcome, status, error }) => [outcome, status, error?.code]),
    [
      ['ok', 200, undefined],
      ['limited', 429, errors[0]],
    ],
  );
  assert.equal(errors.length, 1);
  assert.ok(h.logs.some((line) => line.message === 'a hook of a middleware failed' && line.middleware === 'acting'));
});

test('metrics take labels first or last, and go up and down', async (t) => {
  const counting = plugin((_exchange, { metrics }) => {
    const seen = metrics.counter('seen_total', 'Seen', ['who']);
    seen.inc({ who: 'first' }, 2);
    seen.inc({ who: 'alone' });
    seen.inc(3, { who: 'last' });
    const open = metrics.gauge('open_things', 'Open');
    open.inc();
    open.inc(4);
    open.dec();
    metrics.gauge('set_things', 'Set', ['who']).set({ who: 'me' }, 7);
    metrics.histogram('sizes', 'Sizes', [1, 10], ['who']).observe({ who: 'me' }, 5);
  });
  const h = await createHarness(t, { plugins: [counting] });
  await h.client.chat.completions.create(hello);
  const text = await (await h.fetch('/metrics')).text();
  for (const line of [
    'seen_total{who="first"} 2',
    'seen_total{who="alone"} 1',
    'seen_total{who="last"} 3',
    'open_things 4',
    'set_things{who="me"} 7',
    'sizes_sum{who="me"} 5',
  ]) {
    assert.ok(text.includes(`${line}\n`), line);
  }
});

test('a plugin’s jobs run on the server’s scheduler, and end with it', async (t) => {
  const runs: AbortSignal[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const timely = defineMiddleware({
    name: 'timely',
    create(_options, { scheduler }) {
      scheduler.schedule('every second', '* * * * * *', async (signal) => {
        runs.push(signal);
        resolve();
      });
      return (_req, _res, next) => next();
    },
  });
  const h = await createHarness(t, { plugins: [timely] });
  await promise;
  await h.close();
  assert.ok(runs[0]!.aborted);
});

async function rememberIn(t: import('node:test').TestContext, config: HarnessOptions['config'] = {}) {
  let services!: Services;
  const remembering = defineMiddleware({
    name: 'remembering',
    create(_options, given) {
      services = given;
      return (_req, _res, next) => next();
    },
  });
  const h = await createHarness(t, { plugins: [remembering], config });
  return { h, services: () => services };
}

test('what a plugin remembers of a client outlives a reload, is bounded, and is its own', async (t) => {
  const { h, services } = await rememberIn(t, { pluginStateMaxEntries: 3, pluginStateMaxBytes: 64 });
  const { clientState: state } = services();
  await state.set('a', 'mood', { good: true });
  assert.equal(await state.get('b', 'mood'), undefined);
  await h.reload({ logLevel: 'debug' });
  assert.deepEqual(await services().clientState.get('a', 'mood'), { good: true });
  assert.deepEqual([await state.add('a', 'count', 2), await state.add('a', 'count', 3)], [2, 5]);
  await state.set('a', 'passing', 1, 0);
  assert.equal(await state.get('a', 'passing'), undefined);
  for (const name of ['x', 'y', 'z']) await state.set('b', name, 1);
  assert.equal(await state.get('a', 'mood'), undefined);
  await assert.rejects(state.set('a', 'long', 'x'.repeat(100)), /pluginStateMaxBytes/);
  await state.delete('b', 'z');
  assert.equal(await state.get('b', 'z'), undefined);
});

test('the ledger can be read: rows and sums, without what identifies a client', async (t) => {
  const { h, services } = await rememberIn(t, { usageStore: 'file' });
  await h.client.chat.completions.create(hello);
  const { usage } = services();
  let rows = usage!.rows({ model: 'gpt-5.5' }).rows;
  while (rows.length === 0) {
    await sleep(50);
    rows = usage!.rows({ model: 'gpt-5.5' }).rows;
  }
  assert.equal(rows[0]!.outcome, 'ok');
  assert.equal('clientId' in rows[0]!, false);
  assert.equal(usage!.sums('model', '2020-01-01')[0]!.requests, 1);
});
