/** Aliases with a list: when a request goes to the next model, and when it must not. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineMiddleware } from '../../lib/chain/middleware.ts';
import { OpenCompatError } from '../../lib/errors.ts';
import { createAvailability } from '../../lib/models/availability.ts';
import type { ResolvedModel } from '../../lib/providers/provider.ts';
import { type BoxHarness, createBoxHarness, hello, post, startFake } from '../support/box-harness.ts';
import { type FakeOpenAiServer, fakeChatText, scriptChunks } from '../support/fake-openai-server.ts';
import type { HarnessOptions } from '../support/harness.ts';

interface Pair {
  h: BoxHarness;
  first: FakeOpenAiServer;
  second: FakeOpenAiServer;
  ask(extra?: object): Promise<{ status: number; model: string | null; text: string; headers: Headers }>;
}

/** Two servers, and the alias `both` for a model of each. */
async function setUp(t: TestContext, options: HarnessOptions = {}): Promise<Pair> {
  const second = await startFake(t);
  const h = await createBoxHarness(t, {
    providers: { spare: { type: 'openai-compatible', baseURL: second.url } },
    ...options,
    config: { aliases: { both: ['box/fake-model', 'spare/fake-small'] }, ...options.config },
  });
  return {
    h,
    first: h.box,
    second,
    async ask(extra = {}) {
      const answer = await post(h, '/v1/chat/completions', { model: 'both', messages: hello, stream: true, ...extra });
      const { status, headers } = answer;
      return { status, model: headers.get('x-opencompat-model'), text: await answer.text(), headers };
    },
  };
}

const warnings = (h: BoxHarness) => h.logs.filter(({ message }) => message.startsWith('turned to the next model'));
const tooMuch = { error: { message: 'Too many requests', type: 'requests', code: 'rate_limit_exceeded' } };

test('the first model answers as long as it can', async (t) => {
  const { ask, first, second } = await setUp(t);
  const { status, model, text } = await ask();
  assert.deepEqual([status, model], [200, 'box/fake-model']);
  assert.match(text, /fake/);
  assert.deepEqual([first.requests.length, second.requests.length], [1, 0]);
});

test('a limit with a time: the next answers, and the first is not asked again before', async (t) => {
  const { ask, h, first, second } = await setUp(t);
  first.refuse(429, tooMuch, { 'retry-after': '60' });
  for (const requests of [1, 2]) {
    const { status, model } = await ask();
    assert.deepEqual([status, model], [200, 'spare/fake-small']);
    assert.deepEqual([first.requests.length, second.requests.length], [1, requests]);
  }
  assert.equal(second.last.body.model, 'fake-small');
  assert.deepEqual(second.last.body.messages, hello);
  const [line, ...others] = warnings(h);
  assert.equal(others.length, 0);
  assert.deepEqual(
    [line!.level, line!.model, line!.failed, line!.error, line!.next],
    ['warn', 'both', 'box/fake-model', 'OC_UPSTREAM_RATE_LIMITED', 'spare/fake-small'],
  );
  const logged = h.logs.filter(({ message, status }) => message.includes('POST') || status !== undefined);
  for (const { model, provider, upstream_model } of logged) {
    assert.deepEqual([model, provider, upstream_model], ['both', 'spare', 'fake-small']);
  }
  assert.equal(logged.length, 2);
});

test('when the time is over the first is asked again', async (t) => {
  const { ask, first } = await setUp(t);
  first.refuse(429, tooMuch, { 'retry-after-ms': '20' });
  assert.equal((await ask()).model, 'spare/fake-small');
  await sleep(40);
  assert.equal((await ask()).model, 'box/fake-model');
});

test('a limit without a time is not remembered', async (t) => {
  const { ask, first } = await setUp(t);
  first.refuse(429, tooMuch);
  assert.equal((await ask()).model, 'spare/fake-small');
  assert.equal((await ask()).model, 'box/fake-model');
});

test('a spent plan blocks all models of its provider, and asking one by its own name is still possible', async (t) => {
  const { ask, h, first } = await setUp(t, {
    config: {
      aliases: { both: ['box/fake-model', 'spare/fake-small'], other: ['box/fake-small', 'spare/fake-model'] },
    },
  });
  const spent = { error: { message: 'You exceeded your current quota', code: 'insufficient_quota' } };
  first.refuse(429, spent, { 'retry-after': '60' });
  assert.equal((await ask()).model, 'spare/fake-small');
  assert.equal((await ask({ model: 'other' })).model, 'spare/fake-model');
  assert.equal(first.requests.length, 1);
  assert.equal((await ask({ model: 'box/fake-model' })).model, 'box/fake-model');
  // It has answered: what it said before no longer holds.
  assert.equal((await ask({ model: 'other' })).model, 'box/fake-small');
  assert.equal(warnings(h).length, 1);
});

test('when none is left, the client gets the refusal of the last, then of the first without asking anybody', async (t) => {
  const { ask, first, second } = await setUp(t);
  first.refuse(429, tooMuch, { 'retry-after': '60' });
  second.refuse(429, tooMuch, { 'retry-after': '90' });
  const refused = await ask();
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, '90']);
  const again = await ask();
  assert.equal(again.status, 429);
  assert.ok(Number(again.headers.get('retry-after')) <= 60);
  assert.match(again.text, /Too many requests/);
  assert.deepEqual([first.requests.length, second.requests.length], [1, 1]);
});

for (const [what, status, body] of [
  ['an error of the server', 500, { error: { message: 'boom' } }],
  ['an overloaded server', 503, { error: { message: 'busy' } }],
  ['a refused key', 401, { error: { message: 'Incorrect API key' } }],
  ['a model that is not there', 404, { error: { message: 'The model `x` does not exist', code: 'model_not_found' } }],
  ['a page of a firewall', 403, '<html>no</html>'],
] as const) {
  test(`${what}: the next answers`, async (t) => {
    const { ask, first } = await setUp(t);
    first.refuse(status, body);
    const answer = await ask();
    assert.deepEqual([answer.status, answer.model], [200, 'spare/fake-small']);
  });
}

test('what is wrong with the request itself is not tried elsewhere', async (t) => {
  const { ask, first, second } = await setUp(t);
  first.refuse(400, { error: { message: 'Bad temperature', param: 'temperature', code: 'invalid_value' } });
  const answer = await ask();
  assert.equal(answer.status, 400);
  assert.match(answer.text, /Bad temperature/);
  assert.equal(second.requests.length, 0);
});

test('a server that is not there: the next answers, and the missing one is asked last for a while', async (t) => {
  const gone = await startFake(t);
  await gone.close();
  const { ask, h } = await setUp(t, {
    providers: {
      gone: { type: 'openai-compatible', baseURL: gone.url },
      spare: { type: 'openai-compatible', baseURL: (await startFake(t)).url },
    },
    config: { aliases: { both: ['gone/any', 'spare/fake-small'] } },
  });
  assert.equal((await ask()).model, 'spare/fake-small');
  assert.equal((await ask()).model, 'spare/fake-small');
  assert.equal(warnings(h).length, 1);
});

test('a server that stays silent: the next answers', async (t) => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const baseURL = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const { ask } = await setUp(t, {
    providers: {
      silent: { type: 'openai-compatible', baseURL, timeout: 0.05 },
      spare: { type: 'openai-compatible', baseURL: (await startFake(t)).url },
    },
    config: { aliases: { both: ['silent/any', 'spare/fake-small'] } },
  });
  assert.equal((await ask()).model, 'spare/fake-small');
});

/** Passes answers on unread, or reads them. */
const looks: [how: string, options: HarnessOptions][] = [
  ['passed on', {}],
  [
    'read',
    {
      plugins: [
        defineMiddleware({
          name: 'onlooker',
          create: () => (req, _res, next) => {
            req.exchange.onEvent((event, emit) => emit(event));
            next();
          },
        }),
      ],
    },
  ],
];
for (const [how, options] of looks) {
  for (const stream of [true, false]) {
    test(`${how}, ${stream ? 'streamed' : 'whole'}: a failure inside the answer, before its first output`, async (t) => {
      const { ask, first } = await setUp(t, options);
      const failure = { error: { message: 'out of memory', code: 'server_error' } };
      if (stream)
        first.refuse(200, `: wait\n\ndata: ${JSON.stringify(failure)}\n\n`, { 'content-type': 'text/event-stream' });
      else first.refuse(200, failure);
      const answer = await ask({ stream });
      assert.deepEqual([answer.status, answer.model], [200, 'spare/fake-small'], answer.text);
      assert.match(answer.text, /fake/);
      assert.doesNotMatch(answer.text, /out of memory/);
    });

    test(`${how}, ${stream ? 'streamed' : 'whole'}: an answer that is cut off before its first output`, async (t) => {
      const { ask, first } = await setUp(t, options);
      first.reply(scriptChunks(fakeChatText), { cutAfterBytes: 20 });
      const answer = await ask({ stream });
      assert.deepEqual([answer.status, answer.model], [200, 'spare/fake-small'], answer.text);
    });
  }

  test(`${how}: not after the first byte`, async (t) => {
    const { ask, first, second } = await setUp(t, options);
    first.reply(scriptChunks('One two three four'), { cutAfterBytes: 700 });
    const answer = await ask();
    assert.deepEqual([answer.status, answer.model], [200, 'box/fake-model']);
    assert.match(answer.text, /One/);
    assert.match(answer.text, /upstream_stream_closed/);
    assert.doesNotMatch(answer.text, /Hello from the fake/);
    assert.equal(second.requests.length, 0);
  });
}

test('an answer that is read and not streamed has sent nothing before its end: the next answers', async (t) => {
  const { ask, first } = await setUp(t, looks[1]![1]);
  first.reply(scriptChunks('One two three four'), { cutAfterBytes: 700 });
  const answer = await ask({ stream: false });
  assert.equal(answer.model, 'spare/fake-small');
  assert.equal(
    (JSON.parse(answer.text) as { choices: { message: { content: string } }[] }).choices[0]!.message.content,
    fakeChatText,
  );
});

test('the client leaves while the first is asked: nobody else is', async (t) => {
  const { h, first, second } = await setUp(t);
  first.reply(scriptChunks('One two'), { pauseAfterBytes: 10 });
  const leaving = new AbortController();
  const asked = fetch(`${h.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'both', messages: hello, stream: true }),
    signal: leaving.signal,
  });
  const request = await first.waitForRequest(0);
  leaving.abort();
  await assert.rejects(asked);
  assert.equal(await request.aborted, true);
  assert.equal(second.requests.length, 0);
});

test('from one kind of provider to another: each gets the request in its own form, and its ignored fields alone', async (t) => {
  const box = await startFake(t);
  const h = await createBoxHarness(t, {
    isSignedIn: true,
    providers: { spare: { type: 'openai-compatible', baseURL: box.url } },
    config: {
      aliases: { smart: ['chatgpt/gpt-5.5-low', 'spare/fake-model'], plain: ['box/fake-model', 'chatgpt/gpt-5.5-low'] },
    },
  });
  const spent = {
    error: { type: 'usage_limit_reached', message: 'The usage limit has been reached', resets_in_seconds: 60 },
  };
  h.upstream.refuse(429, spent);
  const body = { model: 'smart', messages: hello, temperature: 0.5, max_tokens: 20 };
  const first = await post(h, '/v1/chat/completions', body);
  assert.equal(first.headers.get('x-opencompat-model'), 'spare/fake-model');
  assert.equal(first.headers.get('x-opencompat-ignored'), null);
  assert.deepEqual(box.last.body, { ...body, model: 'fake-model' });
  await first.text();

  await h.box.refuse(500, { error: 'boom' });
  const second = await post(h, '/v1/chat/completions', { ...body, model: 'plain', stream: true });
  // Its plan is spent, so it stands by no longer.
  assert.equal(second.status, 502, await second.text());
  assert.equal(h.upstream.requests.length, 1);
});

test('the effort of a suffix is for its own model; one that a plugin has set stays', async (t) => {
  const aliases = { both: ['box/gpt-oss-high', 'spare/gpt-oss', 'spare/gpt-oss-low'] };
  const setEffort = defineMiddleware({
    name: 'set-effort',
    create: () => (req, _res, next) => {
      req.exchange.request.reasoning = { effort: 'medium' };
      next();
    },
  });
  for (const [plugins, asked, expected] of [
    [looks[1]![1].plugins, {}, ['high', undefined, 'low']],
    [looks[1]![1].plugins, { reasoning_effort: 'minimal' }, ['high', 'minimal', 'low']],
    [[], { reasoning_effort: 'minimal' }, ['high', 'minimal', 'low']],
    [[setEffort], {}, ['medium', 'medium', 'medium']],
  ] as const) {
    const spare = await startFake(t, { models: ['gpt-oss'] });
    const h = await createBoxHarness(t, {
      fake: { models: ['gpt-oss'] },
      providers: { spare: { type: 'openai-compatible', baseURL: spare.url } },
      config: { aliases },
      plugins,
    });
    await h.fetch('/v1/models');
    h.box.refuse(500, { error: 'boom' });
    spare.refuse(500, { error: 'boom' });
    const answer = await post(h, '/v1/chat/completions', { model: 'both', messages: hello, ...asked });
    assert.equal(answer.status, 200, await answer.clone().text());
    const sent = [...h.box.requests, ...spare.requests].map(({ body }) => body.reasoning_effort);
    assert.deepEqual(sent, expected);
  }
});

test('a provider that cannot do it at all is passed over', async (t) => {
  const h = await createBoxHarness(t, {
    isSignedIn: true,
    config: { aliases: { vectors: ['chatgpt/gpt-5.5', 'box/fake-embedding'] } },
  });
  const answer = await post(h, '/v1/embeddings', { model: 'vectors', input: 'Hello' });
  assert.equal(answer.status, 200, await answer.clone().text());
  assert.equal(answer.headers.get('x-opencompat-model'), 'box/fake-embedding');
});

test('an alias of a provider that is not signed in leads to the next', async (t) => {
  const h = await createBoxHarness(t, { config: { aliases: { any: ['chatgpt/gpt-5.5', 'box/fake-model'] } } });
  const answer = await post(h, '/v1/chat/completions', { model: 'any', messages: hello });
  assert.equal(answer.headers.get('x-opencompat-model'), 'box/fake-model');
});

test('what is remembered ends, is bounded, and believes no nonsense', () => {
  let nowMs = 0;
  const availability = createAvailability(() => nowMs);
  const model = (name: string, id = 'm') => ({ id, provider: { name } }) as unknown as ResolvedModel;
  const limited = (retryAfterS?: number) =>
    new OpenCompatError('OC_UPSTREAM_RATE_LIMITED', { reason: 'later' }, { retryAfterS });

  availability.note(model('a'), limited(10));
  availability.note(model('b'), limited());
  nowMs = 4000;
  assert.equal(availability.blockedBy(model('a'))?.headers['retry-after'], '6');
  assert.equal(availability.blockedBy(model('a', 'other')), undefined);
  assert.equal(availability.blockedBy(model('b')), undefined);
  nowMs = 10_000;
  assert.equal(availability.blockedBy(model('a')), undefined);

  availability.note(model('a'), limited(Number.POSITIVE_INFINITY));
  nowMs += 9 * 24 * 3_600_000;
  assert.equal(availability.blockedBy(model('a')), undefined);

  for (let index = 0; index < 300; index += 1) availability.note(model('a', `m${index}`), limited(10));
  assert.equal(availability.blockedBy(model('a', 'm0')), undefined);
  assert.ok(availability.blockedBy(model('a', 'm299')));
  availability.noteAnswer(model('a', 'm299'));
  assert.equal(availability.blockedBy(model('a', 'm299')), undefined);

  availability.note(model('c'), new OpenCompatError('OC_UPSTREAM_UNREACHABLE', { provider: 'c', reason: 'x' }));
  assert.deepEqual([availability.doubtOf(model('c', 'x')), availability.doubtOf(model('d'))], [1, 0]);
  nowMs += 30_000;
  assert.equal(availability.doubtOf(model('c')), 0);
});
