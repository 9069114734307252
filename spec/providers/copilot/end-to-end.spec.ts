/** Copilot's models through the whole server, with a real client in front and a strict backend behind. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ChatCompletionMessageParam, ChatCompletionTool } from 'openai/resources/chat/completions';
import { defineMiddleware } from '../../../lib/chain/middleware.ts';
import { fakeChatText, scriptChunks } from '../../support/fake-openai-server.ts';
import { createHarness, type Harness, type HarnessOptions } from '../../support/harness.ts';
import { scriptAnswer } from '../../support/scripted-answer.ts';

const claude = 'claude-sonnet-4.5';
const weather: ChatCompletionTool = {
  type: 'function',
  function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
};
const hello: ChatCompletionMessageParam[] = [{ role: 'user', content: 'Hello' }];
const picture = 'data:image/png;base64,iVBORw0KGgo=';

/** Signed in to Copilot alone, with the account's list at hand. */
async function setUp(t: TestContext, options: HarnessOptions = {}): Promise<Harness> {
  const harness = await createHarness(t, { copilot: true, isSignedIn: false, ...options });
  await listed(harness);
  return harness;
}

/** The list is asked for behind the first look at it. */
async function listed({ client }: Harness): Promise<string[]> {
  for (;;) {
    const ids = (await client.models.list()).data.map(({ id }) => id);
    if (ids.includes('gpt-6-mini')) return ids;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function streamText({ client }: Harness, model: string, messages = hello): Promise<string> {
  let text = '';
  for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) {
    text += chunk.choices[0]?.delta.content ?? '';
  }
  return text;
}

const paths = ({ copilot }: Harness) => copilot.requests.map(({ path }) => path.replace('/individual', ''));

test('models are those of the account: picked, once each, embeddings too', async (t) => {
  const harness = await setUp(t);
  const expected = [
    ...['gpt-5.4', 'gpt-4.1', 'gpt-6-mini', claude, 'claude-haiku-5', 'claude-opus-5'],
    ...['text-embedding-3-small', 'text-embedding-ada-002'],
  ];
  assert.deepEqual(await listed(harness), expected);
  const answer = await harness.client.chat.completions.create({ model: 'gpt-4o', messages: hello });
  assert.equal(answer.choices[0]!.message.content, fakeChatText, 'one that is not picked can be asked all the same');
});

for (const [model, path] of [
  ['gpt-5.4', '/responses'],
  ['gpt-4.1', '/chat/completions'],
  [claude, '/chat/completions'],
] as const) {
  test(`${model} is asked at ${path}, streaming and not`, async (t) => {
    const harness = await setUp(t);
    const streamed = await streamText(harness, model);
    const whole = await harness.client.chat.completions.create({ model, messages: hello });
    assert.equal(whole.choices[0]!.message.content, streamed);
    assert.ok(streamed.startsWith('Hello from the fake'));
    assert.equal(whole.choices[0]!.finish_reason, 'stop');
    assert.ok(whole.usage!.total_tokens > 0);
    assert.deepEqual(paths(harness), [path, path]);
    assert.deepEqual(
      harness.copilot.requests.map(({ status, body }) => [status, body.stream]),
      [
        [200, true],
        [200, true],
      ],
    );
  });
}

test('a model that is turned away at one path is asked at the other, from then on', async (t) => {
  const harness = await setUp(t);
  assert.ok(await streamText(harness, 'gpt-6-mini'));
  assert.ok(await streamText(harness, 'gpt-6-mini'));
  assert.deepEqual(paths(harness), ['/chat/completions', '/responses', '/responses']);
});

test('many requests at once find the right path once each, and none fails', async (t) => {
  const harness = await setUp(t);
  const texts = await Promise.all(Array.from({ length: 8 }, () => streamText(harness, 'gpt-6-mini')));
  assert.equal(new Set(texts).size, 1);
  assert.equal(harness.copilot.requests.filter(({ status }) => status === 200).length, 8);
});

test('a model that no path takes is told so, not asked without end', async (t) => {
  const harness = await setUp(t);
  const refusal = (path: string) => ({
    error: { message: `model "x" is not accessible via the ${path} endpoint`, code: 'unsupported_api_for_model' },
  });
  harness.copilot.refuse(400, refusal('/chat/completions')).refuse(400, refusal('/chat/completions'));
  await assert.rejects(streamText(harness, 'gpt-4.1'), { status: 400, code: 'unsupported_api_for_model' });
  assert.deepEqual(paths(harness), ['/chat/completions', '/responses']);
});

test('a field that a model does not take is left out, named, and not sent again', async (t) => {
  const harness = await setUp(t);
  const ask = () =>
    harness.client.chat.completions.create({ model: 'gpt-5.4', messages: hello, temperature: 0.2 }).withResponse();
  const { response } = await ask();
  assert.equal(response.headers.get('x-opencompat-ignored'), 'temperature');
  await ask();
  assert.deepEqual(
    harness.copilot.requests.map(({ status, body }) => [status, body.temperature]),
    [
      [400, 0.2],
      [200, undefined],
      [200, undefined],
    ],
  );
  await harness.client.chat.completions.create({ model: 'gpt-4.1', messages: hello, temperature: 0.2 });
  assert.equal(harness.copilot.last.body.temperature, 0.2, 'another model may take it');
});

test('what only OpenAI’s own platform knows is dropped and named', async (t) => {
  const harness = await setUp(t);
  for (const model of ['gpt-4.1', 'gpt-5.4']) {
    const { response } = await harness.client.chat.completions
      .create({ model, messages: hello, store: true, metadata: { a: 'b' }, seed: 1, thinking_budget: 5 } as never)
      .withResponse();
    const named = response.headers.get('x-opencompat-ignored')!.split(', ').sort();
    assert.deepEqual(named, ['metadata', ...(model === 'gpt-5.4' ? ['seed'] : []), 'store', 'thinking_budget']);
  }
  assert.deepEqual(
    harness.copilot.requests.map(({ status }) => status),
    [200, 200],
  );
});

test('requests say what they must, and nothing of the client', async (t) => {
  const harness = await setUp(t);
  await harness.client.chat.completions.create(
    { model: 'gpt-5.4', messages: hello, tools: [weather] },
    { headers: { cookie: 'secret=1', 'x-initiator': 'agent' } },
  );
  const { headers } = harness.copilot.last;
  assert.match(headers.authorization!, /^Bearer tid=fake/);
  assert.equal(headers['openai-intent'], 'conversation-agent');
  assert.equal(headers['x-initiator'], 'user');
  assert.equal(headers.cookie, undefined);
  assert.equal(headers['copilot-vision-request'], undefined);
});

test('settings change what is said of the editor', async (t) => {
  const harness = await setUp(t, {
    config: {
      copilotEditorVersion: 'vscode/1.120.0',
      copilotPluginVersion: 'copilot-chat/0.50.1',
      copilotApiVersion: '2026-11-01',
    },
  });
  await streamText(harness, 'gpt-4.1');
  const { headers } = harness.copilot.last;
  assert.equal(headers['editor-version'], 'vscode/1.120.0');
  assert.equal(headers['editor-plugin-version'], 'copilot-chat/0.50.1');
  assert.equal(headers['user-agent'], 'GitHubCopilotChat/0.50.1');
  assert.equal(headers['x-github-api-version'], '2026-11-01');
});

for (const model of ['gpt-5.4', claude]) {
  test(`${model} calls tools, and goes on from what they say as the same turn`, async (t) => {
    const harness = await setUp(t);
    if (model === claude) harness.copilot.reply('copilot-claude-choices.sse');
    const first = await harness.client.chat.completions.create({ model, messages: hello, tools: [weather] });
    const { message, finish_reason } = first.choices[0]!;
    assert.equal(finish_reason, 'tool_calls');
    assert.equal(harness.copilot.last.headers['x-initiator'], 'user');
    const results = message.tool_calls!.map(({ id }) => ({
      role: 'tool' as const,
      tool_call_id: id,
      content: 'sunny',
    }));
    const messages: ChatCompletionMessageParam[] = [...hello, message, ...results];
    const second = await harness.client.chat.completions.create({ model, messages, tools: [weather] });
    assert.equal(second.choices[0]!.finish_reason, 'stop');
    assert.equal(harness.copilot.last.headers['x-initiator'], 'agent');

    const next = [...messages, second.choices[0]!.message, ...hello];
    await harness.client.chat.completions.create({ model, messages: next, tools: [weather] });
    assert.equal(harness.copilot.last.headers['x-initiator'], 'user', 'a person asks again');
  });

  test(`${model} sees a picture, in a message and in what a tool says`, async (t) => {
    const harness = await setUp(t);
    const messages: ChatCompletionMessageParam[] = [
      { role: 'user', content: [{ type: 'image_url', image_url: { url: picture } }] },
    ];
    await streamText(harness, model, messages);
    assert.equal(harness.copilot.last.headers['copilot-vision-request'], 'true');
    assert.equal(harness.copilot.last.status, 200);
  });

  test(`${model} calls a tool whose name the backend does not take, by the client’s name`, async (t) => {
    const harness = await setUp(t);
    const name = `mcp.server/${'long '.repeat(20)}`.replaceAll(' ', '-');
    const tools: ChatCompletionTool[] = [{ type: 'function', function: { name, parameters: { type: 'object' } } }];
    await streamText(harness, model);
    const { body } = await nextBody(harness, model, tools);
    const sent = body.tools[0].function?.name ?? body.tools[0].name;
    assert.match(sent, /^[\w-]{1,64}$/);
    if (model === claude) {
      harness.copilot.reply([
        {
          choices: [
            {
              index: 0,
              delta: {
                tool_calls: [{ index: 0, id: 'c1', type: 'function', function: { name: sent, arguments: '{}' } }],
              },
              finish_reason: 'tool_calls',
            },
          ],
        },
      ]);
    } else {
      harness.copilot.reply(scriptAnswer([{ call: sent, arguments: {} }]).slice(1));
    }
    const answer = await harness.client.chat.completions.create({ model, messages: hello, tools });
    const call = answer.choices[0]!.message.tool_calls![0]!;
    assert.equal(call.type === 'function' && call.function.name, name);
  });
}

async function nextBody({ client, copilot }: Harness, model: string, tools: ChatCompletionTool[]) {
  await client.chat.completions.create({ model, messages: hello, tools });
  return copilot.last;
}

test('reasoning is shown', async (t) => {
  const harness = await setUp(t);
  harness.copilot.reply('copilot-reasoning.sse');
  const answer = await harness.client.chat.completions.create({ model: claude, messages: hello });
  const { message, finish_reason } = answer.choices[0]!;
  assert.equal((message as { reasoning_content?: string }).reasoning_content, 'Thinking.');
  assert.equal(message.content, 'Answer.');
  assert.equal(finish_reason, 'tool_calls', 'though the backend says that it is over');
});

test('efforts: the client’s, else the configuration’s, as the model takes them', async (t) => {
  const harness = await setUp(t, { config: { reasoningEffort: 'high' } });
  const effortOf = async (params: object) => {
    await harness.client.chat.completions.create({ model: 'gpt-5.4', messages: hello, ...params });
    return harness.copilot.last.body.reasoning?.effort;
  };
  assert.equal(await effortOf({}), 'high');
  assert.equal(await effortOf({ reasoning_effort: 'low' }), 'low');
  assert.equal(await effortOf({ reasoning_effort: 'xhigh' }), 'high');
  assert.equal(await effortOf({ reasoning_effort: 'minimal' }), 'low');
  assert.equal(await effortOf({ model: 'gpt-5.4-medium' }), 'medium');
  assert.equal(harness.copilot.last.body.include[0], 'reasoning.encrypted_content');
  assert.equal(await effortOf({ model: 'gpt-4.1', reasoning_effort: 'low' }), undefined);
  assert.equal(harness.copilot.last.body.reasoning_effort, undefined);
});

test('limits of tokens are the backend’s matter, but for those that it refuses', async (t) => {
  const harness = await setUp(t);
  const ask = (model: string, max_tokens: number, stop?: string[]) =>
    harness.client.chat.completions.create({ model, messages: hello, max_tokens, ...(stop && { stop }) });
  await ask('gpt-5.4', 100);
  assert.equal(harness.copilot.last.body.max_output_tokens, 100);
  const short = await ask('gpt-5.4', 2);
  assert.equal(harness.copilot.last.body.max_output_tokens, undefined);
  assert.equal(short.choices[0]!.finish_reason, 'length', 'cut here instead');
  await ask('gpt-4.1', 100, ['one', 'two']);
  assert.equal(harness.copilot.last.body.max_tokens, 100);
  assert.deepEqual(harness.copilot.last.body.stop, ['one', 'two']);
  const cut = await ask('gpt-4.1', 1_000_000, ['1', '2', '3', '4', ' the']);
  assert.equal(harness.copilot.last.body.stop, undefined, 'more than OpenAI’s API takes');
  assert.equal(harness.copilot.last.body.max_tokens, 16000, 'no more than the model has');
  assert.equal(cut.choices[0]!.message.content, 'Hello from');
});

test('an answer whose items have another id in every event is one answer', async (t) => {
  const harness = await setUp(t);
  harness.copilot.reply('rotating-ids.sse', { splitEveryBytes: 11 });
  const streamed = await streamText(harness, 'gpt-5.4');
  harness.copilot.reply('rotating-ids.sse');
  const whole = await harness.client.chat.completions.create({ model: 'gpt-5.4', messages: hello });
  assert.ok(streamed);
  assert.equal(whole.choices[0]!.message.content, streamed);

  const stop = streamed.slice(5, 9);
  harness.copilot.reply('rotating-ids.sse');
  const cut = await harness.client.chat.completions.create({ model: 'gpt-5.4', messages: hello, stop });
  assert.equal(cut.choices[0]!.message.content, streamed.slice(0, streamed.indexOf(stop)), 'cut here, too');
});

test('a token that the backend no longer takes is exchanged once, under load too', async (t) => {
  const harness = await setUp(t);
  await streamText(harness, 'gpt-4.1');
  assert.equal(harness.copilot.count('/copilot_internal/v2/token'), 1);
  harness.copilot.expireTokens();
  const texts = await Promise.all(Array.from({ length: 12 }, () => streamText(harness, 'gpt-4.1')));
  assert.deepEqual(new Set(texts), new Set([fakeChatText]));
  assert.equal(harness.copilot.count('/copilot_internal/v2/token'), 2);
});

test('without access any more, requests say how to sign in again; a new sign-in helps at once', async (t) => {
  const harness = await setUp(t);
  harness.copilot.revoke();
  await assert.rejects(streamText(harness, 'gpt-4.1'), {
    status: 401,
    code: 'token_invalidated',
    message: /GitHub Copilot.*opencompat login copilot/,
  });
  const before = harness.copilot.count('/copilot_internal/v2/token');
  await assert.rejects(streamText(harness, 'copilot/gpt-4.1'), { status: 401 });
  assert.equal(harness.copilot.count('/copilot_internal/v2/token'), before, 'a dead token is not sent again');
  assert.deepEqual((await harness.client.models.list()).data, []);

  const copilot = { type: 'oauth', refresh_token: harness.copilot.signIn() };
  await writeFile(join(harness.dataDir, 'auth.json'), JSON.stringify({ version: 1, copilot }));
  assert.equal(await streamText(harness, 'copilot/gpt-4.1'), fakeChatText);
});

test('when the seat’s quota is spent, an alias goes on with another provider, and comes back later', async (t) => {
  const aliases = { best: ['copilot/gpt-4.1', 'chatgpt/gpt-5.5'] };
  const harness = await setUp(t, { isSignedIn: true, config: { aliases } });
  const ask = async () => {
    const answer = await harness.client.chat.completions.create({ model: 'best', messages: hello }).withResponse();
    return answer.response.headers.get('x-opencompat-model');
  };
  assert.equal(await ask(), 'copilot/gpt-4.1');
  harness.copilot.refuse(402, { error: { message: 'Spent.', code: 'quota_exceeded' } }, { 'retry-after': '3600' });
  assert.equal(await ask(), 'chatgpt/gpt-5.5');
  assert.equal(await ask(), 'chatgpt/gpt-5.5');
  assert.equal(harness.copilot.requests.length, 2, 'nobody is asked who said when to come back');
});

test('a client that leaves takes its request along', async (t) => {
  const harness = await setUp(t);
  harness.copilot.reply('text.sse', { hang: true });
  const leaving = new AbortController();
  const body = { model: 'gpt-4.1', messages: hello, stream: true } as const;
  const stream = await harness.client.chat.completions.create(body, { signal: leaving.signal });
  for await (const _ of stream) break;
  leaving.abort();
  assert.equal(await harness.copilot.last.aborted, true);
});

test('without a sign-in there are no models, and a name with the provider’s says what to do', async (t) => {
  const { client } = await createHarness(t);
  assert.ok((await client.models.list()).data.every(({ id }) => !id.startsWith('claude')));
  await assert.rejects(client.chat.completions.create({ model: `copilot/${claude}`, messages: hello }), {
    status: 401,
    code: 'no_credentials',
    message: /not signed in to GitHub Copilot.*opencompat login copilot/,
  });
});

test('plugins see the quota, from headers and from the stream', async (t) => {
  const seen: unknown[] = [];
  const watch = defineMiddleware({
    name: 'watch',
    after: ['validate'],
    create: () => (req, res, next) => {
      res.once('finish', () => seen.push(req.exchange.quota?.windows));
      next();
    },
  });
  const harness = await setUp(t, { plugins: [watch] });
  await streamText(harness, 'gpt-4.1');
  const month = { resetAtEpochS: Date.UTC(2026, 11, 1) / 1000, windowMinutes: 30 * 1_440 };
  const chat = { usedPercent: 0, isUnlimited: true, feature: 'chat' };
  const feature = 'AI credits';
  assert.deepEqual(seen.pop(), { chat, premium_interactions: { usedPercent: 2.5, total: 300, feature, ...month } });
  const snapshots = { premium_interactions: { entitlement: '300', percent_remaining: 50 } };
  harness.copilot.reply([{ choices: [], copilot_quota_snapshots: snapshots }, ...scriptChunks('Hello')]);
  await streamText(harness, 'gpt-4.1');
  assert.deepEqual(seen.pop(), { premium_interactions: { usedPercent: 50, total: 300, feature } });
});

test('embeddings', async (t) => {
  const harness = await setUp(t);
  const ask = (params: object) =>
    harness.client.embeddings
      .create({ model: 'text-embedding-3-small', input: 'one', encoding_format: 'float', ...params })
      .withResponse();
  const { data } = await ask({});
  assert.deepEqual(data.data[0]!.embedding, [0.25, -0.5, 0]);
  const sent = () => harness.copilot.last.body as Record<string, unknown>;
  assert.deepEqual(sent(), { model: 'text-embedding-3-small', input: ['one'] });
  await ask({ input: ['one', 'two'], dimensions: 3 });
  assert.equal(sent().dimensions, 3);
  const { response } = await ask({ model: 'text-embedding-ada-002', dimensions: 3, user: 'me' });
  assert.equal(sent().dimensions, undefined);
  assert.equal(response.headers.get('x-opencompat-ignored'), 'dimensions, user');
  assert.equal(harness.copilot.last.headers['x-initiator'], undefined);
});

for (const [name, status, body, headers, expected] of [
  [
    'a spent quota',
    402,
    { error: { message: 'You have no quota', code: 'quota_exceeded' } },
    { 'retry-after': '3600' },
    { status: 429, code: 'insufficient_quota' },
  ],
  ['a rate limit', 429, 'rate limited\n', { 'retry-after': '7' }, { status: 429, code: 'rate_limit_exceeded' }],
  [
    'filtered content',
    422,
    { message: 'Filtered.', code: 'content_filter' },
    {},
    { status: 400, code: 'content_filter' },
  ],
  ['an old API version', 466, { message: 'no longer supported' }, {}, { status: 502, message: /copilotApiVersion/ }],
  [
    'a model that there is not',
    400,
    { error: { message: 'The requested model is not supported.', code: 'model_not_supported' } },
    {},
    { status: 404, code: 'model_not_found' },
  ],
] as const) {
  test(`${name} is told as clients know it`, async (t) => {
    const harness = await setUp(t);
    harness.copilot.refuse(status, body, headers);
    await assert.rejects(streamText(harness, 'gpt-4.1'), expected);
  });
}
