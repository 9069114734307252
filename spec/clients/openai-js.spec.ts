/** The `openai` package against the server: what its users do, and the error classes that they catch. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { zodFunction, zodResponseFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import {
  createHarness,
  defaultReasoning,
  defaultText,
  fakeUsage,
  type Harness,
  type ScriptedItem,
  type ScriptOptions,
  scriptAnswer,
} from '../support/index.ts';
import { collect } from './collect.ts';

type CreateParams = OpenAI.ChatCompletionCreateParamsNonStreaming;
type Chunk = OpenAI.ChatCompletionChunk;

const ask = { model: 'gpt-5.5', messages: [{ role: 'user', content: 'Hello' }] } satisfies CreateParams;

function functionTool(name: string, properties: Record<string, unknown> = { city: { type: 'string' } }) {
  return {
    type: 'function',
    function: {
      name,
      description: `Calls ${name}.`,
      parameters: { type: 'object', properties, required: Object.keys(properties) },
    },
  } satisfies OpenAI.ChatCompletionTool;
}

const tools = [functionTool('get_weather'), functionTool('get_time', { zone: { type: 'string' } })];
const askForBoth = {
  ...ask,
  messages: [{ role: 'user', content: 'Use get_weather and get_time.' }],
  tools,
} satisfies CreateParams;

function contentOf(chunks: readonly Chunk[], index = 0): string {
  const choices = chunks.flatMap((chunk) => chunk.choices).filter((choice) => choice.index === index);
  return choices.map(({ delta }) => delta.content ?? '').join('');
}

function reply(h: Harness, script: string | readonly ScriptedItem[], options?: ScriptOptions): void {
  h.upstream.reply(scriptAnswer(script, options));
}

test('plain answer, with exact usage', async (t) => {
  const { client, upstream } = await createHarness(t);
  const answer = await client.chat.completions.create({
    ...ask,
    messages: [{ role: 'system', content: 'Be brief.' }, ...ask.messages],
    temperature: 0.2,
    metadata: { purpose: 'test' },
    user: 'someone',
  });
  assert.match(answer.id, /^chatcmpl-/);
  assert.equal(answer.object, 'chat.completion');
  assert.equal(answer.model, 'gpt-5.5');
  assert.equal(answer.choices.length, 1);
  const [{ message, finish_reason, index }] = answer.choices as [OpenAI.ChatCompletion.Choice];
  assert.deepEqual([message.role, message.content, message.refusal], ['assistant', defaultText, null]);
  assert.equal('tool_calls' in message, false);
  assert.deepEqual([finish_reason, index], ['stop', 0]);
  assert.equal(answer.usage?.prompt_tokens, fakeUsage.input_tokens);
  assert.equal(answer.usage?.completion_tokens, fakeUsage.output_tokens);
  assert.equal(answer.usage?.total_tokens, fakeUsage.total_tokens);
  assert.equal(answer.usage?.prompt_tokens_details?.cached_tokens, 8);
  assert.equal(answer.usage?.completion_tokens_details?.reasoning_tokens, 5);
  assert.equal(upstream.last.status, 200);
  assert.match(JSON.stringify(upstream.last.body), /Be brief\./);
});

test('every form of message and content part', async (t) => {
  const { client, upstream } = await createHarness(t);
  await client.chat.completions.create({
    ...ask,
    messages: [
      { role: 'developer', content: [{ type: 'text', text: 'Answer in verse.' }] },
      { role: 'system', content: 'Be brief.', name: 'house' },
      { role: 'user', content: 'What is on the picture?', name: 'ann' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'This one.' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } },
          { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' } },
        ],
      },
      { role: 'assistant', content: [{ type: 'text', text: 'A cat.' }] },
      { role: 'assistant', refusal: 'Not that one.' },
      { role: 'user', content: 'Go on.' },
    ],
  });
  assert.equal(upstream.last.status, 200);
  const parts = upstream.last.body.input.flatMap(({ content }: { content: object[] }) => content);
  assert.ok(parts.some((part: { image_url?: string }) => part.image_url === 'data:image/png;base64,AAAA'));
  assert.ok(parts.some((part: { filename?: string }) => part.filename === 'a.pdf'));
});

test('streamed answer: one role, one finish, usage last', async (t) => {
  const { client, upstream } = await createHarness(t);
  upstream.reply(scriptAnswer(defaultText), { splitEveryBytes: 7 });
  const stream = await client.chat.completions.create({
    ...ask,
    stream: true,
    stream_options: { include_usage: true },
  });
  const chunks = await collect(stream);
  assert.equal(contentOf(chunks), defaultText);
  assert.equal(new Set(chunks.map(({ id, created, model }) => `${id} ${created} ${model}`)).size, 1);
  assert.equal(chunks.filter(({ choices }) => choices[0]?.delta.role === 'assistant').length, 1);
  const finishes = chunks.flatMap(({ choices }) => choices.flatMap((choice) => choice.finish_reason ?? []));
  assert.deepEqual(finishes, ['stop']);
  const last = chunks.at(-1);
  assert.deepEqual(last?.choices, []);
  assert.equal(last?.usage?.total_tokens, fakeUsage.total_tokens);
  assert.ok(chunks.slice(0, -1).every(({ usage }) => usage === null));
});

test('the stream helper puts the answer together', async (t) => {
  const { client } = await createHarness(t);
  const runner = client.chat.completions.stream({ ...ask, stream_options: { include_usage: true } });
  const deltas: string[] = [];
  runner.on('content', (delta) => deltas.push(delta));
  const final = await runner.finalChatCompletion();
  assert.equal(final.choices[0]?.message.content, defaultText);
  assert.equal(deltas.join(''), defaultText);
  assert.ok(deltas.length > 1);
  assert.equal(final.usage?.total_tokens, fakeUsage.total_tokens);
});

test('one tool call', async (t) => {
  const { client, upstream } = await createHarness(t);
  const answer = await client.chat.completions.create({ ...ask, tools });
  const [choice] = answer.choices;
  assert.equal(choice?.finish_reason, 'tool_calls');
  assert.equal(choice?.message.content, null);
  const [call, ...others] = choice?.message.tool_calls ?? [];
  assert.equal(others.length, 0);
  assert.ok(call?.type === 'function');
  assert.match(call.id, /^call_/);
  assert.deepEqual([call.function.name, JSON.parse(call.function.arguments)], ['get_weather', { city: 'city' }]);
  // Chat Completions tools are not strict unless they say so; the upstream API's are.
  assert.equal(upstream.last.body.tools[0].strict, false);
});

test('parallel tool calls, their arguments streamed, behind a reasoning item', async (t) => {
  const h = await createHarness(t);
  const stream = await h.client.chat.completions.create({ ...askForBoth, stream: true, reasoning_effort: 'high' });
  const chunks = await collect(stream);
  const calls: { id: string; name: string; text: string; pieces: number }[] = [];
  for (const piece of chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])) {
    if (piece.id) calls[piece.index] = { id: piece.id, name: piece.function?.name ?? '', text: '', pieces: 0 };
    const call = calls[piece.index];
    assert.ok(call, 'a piece came before its call was opened, or the indexes have gaps');
    call.text += piece.function?.arguments ?? '';
    call.pieces += 1;
  }
  assert.deepEqual(
    calls.map(({ name, text }) => [name, JSON.parse(text)]),
    [
      ['get_weather', { city: 'city' }],
      ['get_time', { zone: 'zone' }],
    ],
  );
  assert.ok(calls.every(({ pieces }) => pieces > 1));
  assert.equal(new Set(calls.map(({ id }) => id)).size, 2);
  assert.equal(chunks.findLast(({ choices }) => choices.length > 0)?.choices[0]?.finish_reason, 'tool_calls');

  const runner = h.client.chat.completions.stream(askForBoth);
  const final = await runner.finalChatCompletion();
  assert.equal(final.choices[0]?.message.tool_calls?.length, 2);
});

for (const isStreamed of [false, true]) {
  test(`the tool loop of the SDK, ${isStreamed ? 'streamed' : 'not streamed'}`, async (t) => {
    const { client, upstream } = await createHarness(t);
    const asked: unknown[] = [];
    const tool = {
      type: 'function',
      function: {
        name: 'get_weather',
        parse: JSON.parse,
        function: (args: object) => {
          asked.push(args);
          return 'sunny';
        },
        parameters: tools[0]!.function.parameters,
      },
    } as const;
    const completions = client.chat.completions;
    const runner = isStreamed
      ? completions.runTools({ ...ask, tools: [tool], stream: true } as never)
      : completions.runTools({ ...ask, tools: [tool] } as never);
    assert.equal(await runner.finalContent(), 'The tools answered: sunny.');
    assert.deepEqual(asked, [{ city: 'city' }]);
    assert.equal(upstream.requests.length, 2);
    const [first, second] = upstream.requests;
    assert.equal(first?.body.prompt_cache_key, second?.body.prompt_cache_key);
  });
}

test('tool choice: forced, none, required, one of the allowed', async (t) => {
  const { client } = await createHarness(t);
  const callsFor = async (tool_choice: OpenAI.ChatCompletionToolChoiceOption) => {
    const answer = await client.chat.completions.create({ ...ask, tools, tool_choice });
    const calls = answer.choices[0]?.message.tool_calls ?? [];
    return calls.map((call) => (call.type === 'function' ? call.function.name : call.custom.name));
  };
  assert.deepEqual(await callsFor({ type: 'function', function: { name: 'get_time' } }), ['get_time']);
  assert.deepEqual(await callsFor('none'), []);
  assert.deepEqual(await callsFor('required'), ['get_weather']);
  const allowed = { type: 'function', function: { name: 'get_time' } };
  assert.deepEqual(await callsFor({ type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [allowed] } }), [
    'get_time',
  ]);
});

test('a custom tool, and its output sent back', async (t) => {
  const { client, upstream } = await createHarness(t);
  const custom = { type: 'custom', custom: { name: 'write', format: { type: 'text' } } } as const;
  const answer = await client.chat.completions.create({ ...ask, tools: [custom] });
  const message = answer.choices[0]!.message;
  const [call] = message.tool_calls ?? [];
  assert.ok(call?.type === 'custom');
  assert.deepEqual(call.custom, { name: 'write', input: 'input of write' });
  const tool = { role: 'tool', tool_call_id: call.id, content: 'written' } as const;
  const second = await client.chat.completions.create({
    ...ask,
    tools: [custom],
    messages: [...ask.messages, message, tool],
  });
  assert.equal(second.choices[0]?.message.content, 'The tools answered: written.');
  assert.equal(upstream.last.body.input.at(-1).type, 'custom_tool_call_output');
});

test('legacy functions get a legacy function call', async (t) => {
  const { client } = await createHarness(t);
  const functions = [tools[0]!.function];
  const answer = await client.chat.completions.create({ ...ask, functions });
  const [choice] = answer.choices;
  assert.equal(choice?.finish_reason, 'function_call');
  assert.equal(choice?.message.function_call?.name, 'get_weather');
  const messages = [...ask.messages, choice!.message, { role: 'function', name: 'get_weather', content: 'sunny' }];
  const second = await client.chat.completions.create({ ...ask, functions, messages: messages as never });
  assert.equal(second.choices[0]?.message.content, 'The tools answered: sunny.');
});

test('tool names and call ids longer than the upstream takes come back as they were', async (t) => {
  const { client, upstream } = await createHarness(t);
  const name = `look.up/${'very_'.repeat(20)}long`;
  const long = functionTool(name);
  const answer = await client.chat.completions.create({ ...ask, tools: [long], tool_choice: 'required' });
  const [call] = answer.choices[0]?.message.tool_calls ?? [];
  assert.ok(call?.type === 'function');
  assert.equal(call.function.name, name);
  const id = `call_${'x'.repeat(100)}`;
  const messages: CreateParams['messages'] = [
    ...ask.messages,
    { role: 'assistant', tool_calls: [{ ...call, id }] },
    { role: 'tool', tool_call_id: id, content: 'found' },
  ];
  await client.chat.completions.create({ ...ask, tools: [long], messages });
  assert.equal(upstream.last.status, 200);
});

const Person = z.object({
  name: z.string(),
  age: z.number().int(),
  tags: z.array(z.string()),
  home: z.object({ city: z.string(), country: z.enum(['NL', 'FR']) }).nullable(),
});

test('structured output: parse with zod, streamed and not', async (t) => {
  const { client, upstream } = await createHarness(t);
  const response_format = zodResponseFormat(Person, 'person');
  const answer = await client.chat.completions.parse({ ...ask, response_format });
  const person = Person.parse(answer.choices[0]?.message.parsed);
  assert.equal(person.home?.country, 'NL');
  assert.equal(upstream.last.body.text.format.name, 'person');
  assert.equal(upstream.last.body.text.format.strict, true);

  const runner = client.chat.completions.stream({ ...ask, response_format });
  const final = await runner.finalChatCompletion();
  assert.deepEqual(Person.parse(final.choices[0]?.message.parsed), person);
});

test('structured output: parsed tool arguments', async (t) => {
  const { client, upstream } = await createHarness(t);
  const tool = zodFunction({ name: 'save_person', parameters: Person });
  const answer = await client.chat.completions.parse({ ...ask, tools: [tool] });
  const [call] = answer.choices[0]?.message.tool_calls ?? [];
  assert.ok(call?.type === 'function');
  assert.equal(Person.parse(call.function.parsed_arguments).name, 'name');
  assert.equal(upstream.last.body.tools[0].strict, true);
});

test('structured output: JSON mode, with the word JSON in the system message', async (t) => {
  const { client } = await createHarness(t);
  const answer = await client.chat.completions.create({
    ...ask,
    messages: [{ role: 'system', content: 'Answer in JSON.' }, ...ask.messages],
    response_format: { type: 'json_object' },
  });
  assert.deepEqual(JSON.parse(answer.choices[0]?.message.content ?? ''), { answer: 'sample' });
});

test('reasoning: effort by field and by suffix, the summary beside the text', async (t) => {
  const { client, upstream } = await createHarness(t);
  const answer = await client.chat.completions.create({ ...ask, reasoning_effort: 'high' });
  const message = answer.choices[0]?.message as { content: string; reasoning_content?: string };
  assert.equal(message.reasoning_content, defaultReasoning);
  assert.equal(message.content, defaultText);
  assert.equal(upstream.last.body.reasoning.effort, 'high');

  await client.chat.completions.create({ ...ask, reasoning_effort: 'minimal' });
  assert.equal(upstream.last.body.reasoning.effort, 'low');

  const stream = await client.chat.completions.create({ ...ask, model: 'chatgpt/gpt-5.5-xhigh', stream: true });
  const chunks = await collect(stream);
  const deltas = chunks.map(({ choices }) => choices[0]?.delta as { reasoning_content?: string } | undefined);
  assert.equal(deltas.map((delta) => delta?.reasoning_content ?? '').join(''), defaultReasoning);
  assert.equal(contentOf(chunks), defaultText);
  assert.deepEqual([upstream.last.body.model, upstream.last.body.reasoning.effort], ['gpt-5.5', 'xhigh']);
  assert.equal(chunks[0]?.model, 'chatgpt/gpt-5.5-xhigh');

  await client.chat.completions.create({ ...ask, model: 'gpt-5.5-low', reasoning_effort: 'high' });
  assert.equal(upstream.last.body.reasoning.effort, 'low');
});

test('a refusal is a refusal, not content', async (t) => {
  const h = await createHarness(t);
  const refusal = 'I cannot help with that.';
  reply(h, [{ refusal }]);
  const answer = await h.client.chat.completions.create(ask);
  const [choice] = answer.choices;
  assert.deepEqual([choice?.message.refusal, choice?.message.content, choice?.finish_reason], [refusal, null, 'stop']);
  reply(h, [{ refusal }]);
  const runner = h.client.chat.completions.stream({ ...ask, response_format: zodResponseFormat(Person, 'person') });
  const final = await runner.finalChatCompletion();
  assert.equal(final.choices[0]?.message.refusal, refusal);
  assert.equal(final.choices[0]?.message.parsed, null);
});

test('several choices', async (t) => {
  const h = await createHarness(t);
  for (const text of ['one', 'two', 'three']) reply(h, text);
  const answer = await h.client.chat.completions.create({ ...ask, n: 3 });
  assert.deepEqual(
    answer.choices.map(({ index }) => index),
    [0, 1, 2],
  );
  assert.deepEqual(new Set(answer.choices.map(({ message }) => message.content)), new Set(['one', 'two', 'three']));
  assert.equal(answer.usage?.completion_tokens, 3 * fakeUsage.output_tokens);

  const chunks = await collect(await h.client.chat.completions.create({ ...ask, n: 2, stream: true }));
  for (const index of [0, 1]) {
    assert.equal(contentOf(chunks, index), defaultText);
    const mine = chunks.flatMap(({ choices }) => choices).filter((choice) => choice.index === index);
    assert.deepEqual(
      mine.flatMap(({ finish_reason }) => finish_reason ?? []),
      ['stop'],
    );
  }
});

test('stop sequences, also across deltas', async (t) => {
  const h = await createHarness(t);
  reply(h, 'Once upon a time there was a fox.');
  const answer = await h.client.chat.completions.create({ ...ask, stop: 'time there' });
  assert.equal(answer.choices[0]?.message.content, 'Once upon a ');
  assert.equal(answer.choices[0]?.finish_reason, 'stop');

  reply(h, 'Once upon a time there was a fox.');
  const stream = await h.client.chat.completions.create({ ...ask, stop: ['never', 'upon a t'], stream: true });
  assert.equal(contentOf(await collect(stream)), 'Once ');
});

for (const limit of [{ max_tokens: 3 }, { max_completion_tokens: 3 }]) {
  test(`${Object.keys(limit)} cuts the answer`, async (t) => {
    const h = await createHarness(t);
    const text = 'one two three four five six seven eight nine ten';
    reply(h, text);
    const answer = await h.client.chat.completions.create({ ...ask, ...limit });
    const { message, finish_reason } = answer.choices[0]!;
    assert.equal(finish_reason, 'length');
    assert.ok(message.content && message.content.length < text.length && text.startsWith(message.content));
  });
}

test('an incomplete answer says why', async (t) => {
  const h = await createHarness(t);
  reply(h, 'So far', { end: { incomplete: 'max_output_tokens' } });
  const length = await h.client.chat.completions.create(ask);
  assert.deepEqual([length.choices[0]?.finish_reason, length.choices[0]?.message.content], ['length', 'So far']);
  reply(h, 'So far', { end: { incomplete: 'content_filter' } });
  const chunks = await collect(await h.client.chat.completions.create({ ...ask, stream: true }));
  assert.equal(chunks.at(-1)?.choices[0]?.finish_reason, 'content_filter');
});

test('what was dropped is named', async (t) => {
  const { client } = await createHarness(t);
  const { response } = await client.chat.completions.create({ ...ask, seed: 1, top_p: 0.5 }).withResponse();
  const ignored = (response.headers.get('x-opencompat-ignored') ?? '').split(/,\s*/);
  assert.deepEqual(ignored.toSorted(), ['seed', 'top_p']);
  assert.ok(response.headers.get('x-request-id'));
});

test('models: list, retrieve, not found', async (t) => {
  const { client } = await createHarness(t);
  const models = await collect(client.models.list());
  assert.ok(models.some(({ id }) => id === 'gpt-5.5'));
  assert.equal((await client.models.retrieve('gpt-5.5')).object, 'model');
  await assert.rejects(client.models.retrieve('gpt-nope'), OpenAI.NotFoundError);
});

test('400: BadRequestError with the field', async (t) => {
  const { client, upstream } = await createHarness(t);
  const messages = [...ask.messages, { role: 'user', content: [{ type: 'picture' }] }];
  await assert.rejects(client.chat.completions.create({ ...ask, messages: messages as never }), (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.equal(error.type, 'invalid_request_error');
    assert.equal(error.param, 'messages[1].content[0].type');
    assert.ok(error.requestID);
    return true;
  });
  await assert.rejects(client.chat.completions.create({ ...ask, temperature: 'hot' as never }), {
    param: 'temperature',
  });
  assert.equal(upstream.requests.length, 0);

  upstream.refuse(400, { detail: 'Unsupported parameter: frobnicate' });
  await assert.rejects(client.chat.completions.create(ask), (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.equal(error.code, 'unsupported_parameter');
    return true;
  });
});

test('401: AuthenticationError for a wrong client key', async (t) => {
  const { url, client, upstream } = await createHarness(t, { apiKey: 'sk-right' });
  const stranger = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'sk-wrong', maxRetries: 0 });
  await assert.rejects(stranger.chat.completions.create(ask), (error) => {
    assert.ok(error instanceof OpenAI.AuthenticationError);
    assert.equal(error.code, 'invalid_api_key');
    return true;
  });
  assert.equal(upstream.requests.length, 0);
  assert.equal((await client.chat.completions.create(ask)).choices.length, 1);
});

test('401: an expired sign-in is renewed once, unseen by the client', async (t) => {
  const { client, upstream } = await createHarness(t);
  upstream.expireTokens();
  const answers = await Promise.all([1, 2, 3].map(() => client.chat.completions.create(ask)));
  assert.ok(answers.every(({ choices }) => choices[0]?.message.content === defaultText));
  assert.equal(upstream.account.refreshes, 1);
});

test('401: a sign-in that has ended tells how to sign in again, and keeps the token to itself', async (t) => {
  const { client, upstream } = await createHarness(t);
  upstream.account.signOut();
  await assert.rejects(client.chat.completions.create(ask), (error) => {
    assert.ok(error instanceof OpenAI.AuthenticationError);
    assert.match(error.message, /opencompat login/);
    assert.ok(!JSON.stringify(error).includes(upstream.account.tokens.accessToken));
    return true;
  });
});

test('404: NotFoundError for an unknown model, with near names', async (t) => {
  const { client } = await createHarness(t);
  await assert.rejects(client.chat.completions.create({ ...ask, model: 'gpt-5.55' }), (error) => {
    assert.ok(error instanceof OpenAI.NotFoundError);
    assert.equal(error.code, 'model_not_found');
    assert.match(error.message, /gpt-5\.5\b/);
    return true;
  });
});

test('429: a reached limit is a RateLimitError that is not tried again', async (t) => {
  const { url, upstream } = await createHarness(t);
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 2 });
  const error = {
    type: 'usage_limit_reached',
    message: 'The usage limit has been reached',
    plan_type: 'plus',
    resets_at: 1775317531,
    resets_in_seconds: 602705,
  };
  upstream.refuse(429, { error });
  await assert.rejects(client.chat.completions.create(ask), (thrown) => {
    assert.ok(thrown instanceof OpenAI.RateLimitError);
    assert.equal(thrown.code, 'usage_limit_reached');
    assert.equal(thrown.headers.get('x-should-retry'), 'false');
    assert.equal(thrown.headers.get('retry-after'), '602705');
    return true;
  });
  assert.equal(upstream.requests.length, 1);

  // The same, told in the stream before any output.
  const failed = { code: 'usage_limit_reached', message: 'The usage limit has been reached' };
  upstream.reply(scriptAnswer([], { end: { failed } }));
  await assert.rejects(client.chat.completions.create({ ...ask, stream: true }), OpenAI.RateLimitError);
  assert.equal(upstream.requests.length, 2);
});

test('5xx: InternalServerError for a broken, blocked, empty or cut upstream', async (t) => {
  const { client, upstream } = await createHarness(t);
  const events = scriptAnswer(defaultText);
  upstream
    .refuse(500, { error: { message: 'boom', type: 'server_error', param: null, code: null } })
    .refuse(403, '<!DOCTYPE html><title>Just a moment...</title>', { 'content-type': 'text/html' })
    .reply([])
    .reply(events, { cutAfterBytes: 2000 })
    .reply(scriptAnswer([], { end: { failed: { code: 'server_is_overloaded', message: 'Busy' } } }));
  for (const expected of [502, 502, 502, 502, 503]) {
    await assert.rejects(client.chat.completions.create(ask), (error) => {
      assert.ok(error instanceof OpenAI.InternalServerError, String(error));
      assert.equal(error.status, expected, error.message);
      assert.ok(!error.message.includes('<'), error.message);
      return true;
    });
  }
  assert.equal(upstream.requests.length, 5);
});

test('an error in the middle of a stream raises, after what came before it', async (t) => {
  const { client, upstream } = await createHarness(t);
  const failed = { code: 'server_error', message: 'The model broke.' };
  const broken = scriptAnswer('Half an answer', { end: { failed } });
  const unfinished = scriptAnswer('Half an answer', { end: 'none' });
  for (const events of [broken, unfinished]) {
    upstream.reply(events);
    const chunks: Chunk[] = [];
    await assert.rejects(
      async () => {
        for await (const chunk of await client.chat.completions.create({ ...ask, stream: true })) chunks.push(chunk);
      },
      (error) => error instanceof OpenAI.APIError,
    );
    assert.equal(contentOf(chunks), 'Half an answer');
    assert.ok(chunks.every(({ choices }) => choices[0]?.finish_reason == null));
  }
});

test('leaving a stream lets go of the upstream', async (t) => {
  const { client, upstream } = await createHarness(t);
  for (const leave of ['abort', 'break'] as const) {
    upstream.reply(scriptAnswer('A long answer', { end: 'none' }), { hang: true });
    const stream = await client.chat.completions.create({ ...ask, stream: true });
    await assert.doesNotReject(async () => {
      for await (const chunk of stream) {
        if (!chunk.choices[0]?.delta.content) continue;
        if (leave === 'break') break;
        stream.controller.abort();
      }
    });
    assert.equal(await upstream.last.aborted, true);
  }
});

test('leaving before the answer begins lets go of the upstream', async (t) => {
  const { client, upstream } = await createHarness(t);
  upstream.reply([], { hang: true });
  const controller = new AbortController();
  const asked = client.chat.completions.create(ask, { signal: controller.signal });
  const request = await upstream.waitForRequest(0);
  controller.abort();
  await assert.rejects(asked, OpenAI.APIUserAbortError);
  assert.equal(await request.aborted, true);
});
