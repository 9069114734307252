/** LangChain against the server: messages, tools, structured output, errors. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type AIMessageChunk,
  type BaseMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI, type ChatOpenAIFields } from '@langchain/openai';
import { z } from 'zod';
import { createHarness, defaultText, fakeUsage, type Harness, scriptAnswer } from '../support/index.ts';
import { collect } from './collect.ts';

function connect({ url }: Harness, fields: ChatOpenAIFields = {}): ChatOpenAI {
  return new ChatOpenAI({
    model: 'gpt-5.5',
    apiKey: 'none',
    configuration: { baseURL: `${url}/v1` },
    useResponsesApi: false,
    maxRetries: 0,
    ...fields,
  });
}

interface Streaming {
  stream(messages: BaseMessage[]): Promise<AsyncIterable<AIMessageChunk>>;
}

async function streamWhole(model: Streaming, messages: BaseMessage[]): Promise<AIMessageChunk> {
  const chunks = await collect(await model.stream(messages));
  return chunks.reduce((sum, chunk) => sum.concat(chunk));
}

const weather = tool(({ city }) => `sunny in ${city}`, {
  name: 'weather',
  description: 'The weather of a city.',
  schema: z.object({ city: z.string() }),
});
const clock = tool(({ zone }) => `noon in ${zone}`, {
  name: 'clock',
  description: 'The time of a zone.',
  schema: z.object({ zone: z.string() }),
});
const Person = z.object({ name: z.string(), age: z.number() });

test('invoke', async (t) => {
  const h = await createHarness(t);
  const model = connect(h, { temperature: 0, maxTokens: 1000, user: 'someone' });
  const answer = await model.invoke([new SystemMessage('Be brief.'), new HumanMessage('Hello')]);
  assert.equal(answer.text, defaultText);
  assert.equal(answer.response_metadata.finish_reason, 'stop');
  assert.equal(answer.usage_metadata?.total_tokens, fakeUsage.total_tokens);
  assert.equal(answer.usage_metadata?.output_token_details?.reasoning, 5);
});

test('stream', async (t) => {
  const h = await createHarness(t);
  const chunks = await collect(await connect(h).stream('Hello'));
  assert.ok(chunks.length > 2);
  const whole = chunks.reduce((sum, chunk) => sum.concat(chunk));
  assert.equal(whole.text, defaultText);
  assert.equal(whole.usage_metadata?.total_tokens, fakeUsage.total_tokens);
});

for (const isStreamed of [false, true]) {
  test(`the tool loop with parallel calls, ${isStreamed ? 'streamed' : 'not streamed'}`, async (t) => {
    const h = await createHarness(t);
    const model = connect(h).bindTools([weather, clock]);
    const ask = (messages: BaseMessage[]) => (isStreamed ? streamWhole(model, messages) : model.invoke(messages));
    const question = new HumanMessage('Use weather and clock.');
    const answer = await ask([question]);
    const calls = answer.tool_calls ?? [];
    assert.deepEqual(
      calls.map(({ name, args }) => [name, args]),
      [
        ['weather', { city: 'city' }],
        ['clock', { zone: 'zone' }],
      ],
    );
    const results = [
      new ToolMessage({ content: await weather.invoke({ city: 'Delft' }), tool_call_id: calls[0]!.id! }),
      new ToolMessage({ content: await clock.invoke({ zone: 'CET' }), tool_call_id: calls[1]!.id! }),
    ];
    const last = await ask([question, answer, ...results]);
    assert.equal(last.text, 'The tools answered: sunny in Delft, noon in CET.');
  });
}

for (const method of ['jsonSchema', 'functionCalling', 'jsonMode'] as const) {
  test(`structured output by ${method}`, async (t) => {
    const h = await createHarness(t);
    if (method === 'jsonMode') h.upstream.reply(scriptAnswer('{"name":"name","age":1}'));
    const model = connect(h).withStructuredOutput(Person, { name: 'person', method });
    assert.deepEqual(await model.invoke('Describe a person as JSON.'), { name: 'name', age: 1 });
  });
}

test('a refused request is an error with its status', async (t) => {
  const h = await createHarness(t);
  await assert.rejects(connect(h, { model: 'gpt-nope' }).invoke('Hello'), { status: 404 });
  h.upstream.reply(scriptAnswer('Half an answer', { end: { failed: { code: 'server_error', message: 'Broken' } } }));
  await assert.rejects(async () => collect(await connect(h).stream('Hello')));
});

test('aborting lets go of the upstream', async (t) => {
  const h = await createHarness(t);
  h.upstream.reply(scriptAnswer('A long answer', { end: 'none' }), { hang: true });
  const controller = new AbortController();
  await assert.rejects(async () => {
    for await (const _chunk of await connect(h).stream('Hello', { signal: controller.signal })) controller.abort();
  });
  assert.equal(await h.upstream.last.aborted, true);
});
