/** The `@anthropic-ai/sdk` package against the server: plain, its stream helper, its tool runner, counts, lists, errors. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod';
import { z } from 'zod';
import {
  createHarness,
  defaultReasoning,
  defaultText,
  fakeUsage,
  type Harness,
  scriptAnswer,
} from '../support/index.ts';

const hello = {
  model: 'claude-opus-5-5',
  max_tokens: 1024,
  messages: [{ role: 'user' as const, content: 'Hello' }],
};
const thinking = { type: 'enabled' as const, budget_tokens: 1024 };
const inputTokens = fakeUsage.input_tokens - fakeUsage.input_tokens_details.cached_tokens;

async function connect(t: TestContext): Promise<{ h: Harness; client: Anthropic }> {
  const h = await createHarness(t);
  return { h, client: new Anthropic({ baseURL: h.url, apiKey: 'none', maxRetries: 0 }) };
}

test('a plain answer', async (t) => {
  const { client } = await connect(t);
  const message = await client.messages.create({ ...hello, system: 'Be brief.' });
  assert.deepEqual(message.content, [{ type: 'text', text: defaultText }]);
  assert.equal(message.stop_reason, 'end_turn');
  assert.deepEqual([message.usage.input_tokens, message.usage.output_tokens], [inputTokens, fakeUsage.output_tokens]);
  assert.match(message._request_id ?? '', /^req_/);
});

test('a raw stream', async (t) => {
  const { client } = await connect(t);
  const types: string[] = [];
  let text = '';
  for await (const event of await client.messages.create({ ...hello, stream: true })) {
    types.push(event.type);
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
  }
  assert.equal(text, defaultText);
  assert.deepEqual([types[0], types.at(-1)], ['message_start', 'message_stop']);
});

test('the stream helper: text, thinking, the message at the end', async (t) => {
  const { client } = await connect(t);
  const stream = client.messages.stream({ ...hello, thinking });
  const heard = { text: '', thinking: '', signature: '' };
  stream.on('text', (delta) => {
    heard.text += delta;
  });
  stream.on('thinking', (delta) => {
    heard.thinking += delta;
  });
  stream.on('signature', (signature) => {
    heard.signature = signature;
  });
  const message = await stream.finalMessage();
  assert.deepEqual([heard.text, heard.thinking], [defaultText, defaultReasoning]);
  assert.deepEqual(message.content, [
    { type: 'thinking', thinking: defaultReasoning, signature: heard.signature },
    { type: 'text', text: defaultText },
  ]);
  assert.deepEqual([message.usage.input_tokens, message.usage.output_tokens], [inputTokens, fakeUsage.output_tokens]);
});

for (const isStreamed of [false, true]) {
  test(`the tool loop with parallel calls and thinking, ${isStreamed ? 'streamed' : 'not streamed'}`, async (t) => {
    const { h, client } = await connect(t);
    const tools = [
      {
        name: 'weather',
        input_schema: { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] },
      },
      { name: 'clock', input_schema: { type: 'object' as const, properties: {} } },
    ];
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'Use weather and clock.' }];
    const send = () => {
      const body = { ...hello, messages, tools, thinking };
      return isStreamed ? client.messages.stream(body).finalMessage() : client.messages.create(body);
    };
    const first = await send();
    assert.equal(first.stop_reason, 'tool_use');
    const calls = first.content.filter((block) => block.type === 'tool_use');
    assert.deepEqual(
      calls.map(({ name, input }) => [name, input]),
      [
        ['weather', { city: 'city' }],
        ['clock', {}],
      ],
    );
    messages.push(
      { role: 'assistant', content: first.content },
      {
        role: 'user',
        content: calls.map(({ id, name }) => ({ type: 'tool_result', tool_use_id: id, content: `${name} says so` })),
      },
    );
    const second = await send();
    const text = second.content.find((block) => block.type === 'text')?.text;
    assert.equal(text, 'The tools answered: weather says so, clock says so.');
    assert.ok(h.upstream.last.body.input.some(({ type }: { type: string }) => type === 'reasoning'));
  });
}

test('the tool runner', async (t) => {
  const { h, client } = await connect(t);
  const weather = betaZodTool({
    name: 'weather',
    description: 'The weather of a city.',
    inputSchema: z.object({ city: z.string() }),
    run: ({ city }) => `sunny in ${city}`,
  });
  for (const stream of [false, true]) {
    const runner = client.beta.messages.toolRunner({
      ...hello,
      messages: [{ role: 'user', content: 'Use weather.' }],
      tools: [weather],
      stream,
    });
    const message = await runner.runUntilDone();
    assert.equal(message.content.find(({ type }) => type === 'text')?.type, 'text');
    assert.match(JSON.stringify(message.content), /sunny in city/);
  }
  assert.equal(h.upstream.requests.length, 4);
});

test('structured output', async (t) => {
  const { h, client } = await connect(t);
  const schema = {
    type: 'object',
    properties: { name: { type: 'string' }, age: { type: 'integer' } },
    required: ['name', 'age'],
    additionalProperties: false,
  };
  const message = await client.messages.create({
    ...hello,
    output_config: { format: { type: 'json_schema', schema } },
  });
  const [block] = message.content;
  assert.deepEqual(JSON.parse(block?.type === 'text' ? block.text : ''), { name: 'name', age: 1 });
  assert.equal(h.upstream.last.body.text.format.strict, true);
});

test('a count of tokens', async (t) => {
  const { client } = await connect(t);
  const { max_tokens: _, ...counted } = hello;
  const { input_tokens } = await client.messages.countTokens({ ...counted, system: 'Be brief.' });
  assert.ok(input_tokens > 3 && input_tokens < 30);
});

test('the models, through the pages of a list', async (t) => {
  const { h, client } = await connect(t);
  const ids: string[] = [];
  for await (const { id } of client.models.list({ limit: 2 })) ids.push(id);
  assert.ok(ids.length > 2);
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(ids.every((id) => h.upstream.models.some(({ slug }) => slug === id)));
  assert.equal((await client.models.retrieve('gpt-5.5')).id, 'gpt-5.5');
  await assert.rejects(client.models.retrieve('nobody-has-it'), Anthropic.NotFoundError);
});

test('errors are those that the client knows', async (t) => {
  const { h, client } = await connect(t);
  await assert.rejects(client.messages.create({ ...hello, max_tokens: 0 }), Anthropic.BadRequestError);
  await assert.rejects(client.messages.create({ ...hello, model: 'nobody-has-it' }), (error) => {
    assert.ok(error instanceof Anthropic.NotFoundError);
    assert.equal(error.type, 'not_found_error');
    assert.match(error.requestID ?? '', /^req_/);
    return true;
  });
  h.upstream.refuse(429, { error: { type: 'usage_limit_reached', message: 'Reached.', resets_in_seconds: 600 } });
  await assert.rejects(client.messages.create(hello), (error) => {
    assert.ok(error instanceof Anthropic.RateLimitError);
    assert.equal(error.headers?.get('x-should-retry'), 'false');
    return true;
  });
  h.upstream.reply(scriptAnswer('Half', { end: { failed: { code: 'server_is_overloaded', message: 'Too much.' } } }));
  const stream = client.messages.stream(hello);
  await assert.rejects(stream.finalMessage(), (error) => {
    assert.ok(error instanceof Anthropic.APIError);
    assert.equal(error.type, 'overloaded_error');
    return true;
  });
});

test('aborting lets go of the upstream', async (t) => {
  const { h, client } = await connect(t);
  h.upstream.reply(scriptAnswer('A long answer', { end: 'none' }), { hang: true });
  const stream = client.messages.stream(hello);
  stream.on('text', () => stream.abort());
  await assert.rejects(stream.finalMessage(), Anthropic.APIUserAbortError);
  assert.equal(await h.upstream.last.aborted, true);
});
