/** The JavaScript clients of the Responses API: the SDK, the Agents SDK, LangChain, the AI SDK. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOpenAI } from '@ai-sdk/openai';
import { HumanMessage, ToolMessage } from '@langchain/core/messages';
import { tool as langchainTool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import { Agent, tool as agentTool, OpenAIResponsesModel, Runner } from '@openai/agents';
import { tool as aiTool, generateText, Output, stepCountIs, streamText } from 'ai';
import type { OpenAI } from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import { ResponsesWS } from 'openai/resources/responses/ws';
import { z } from 'zod';
import {
  createHarness,
  defaultReasoning,
  defaultText,
  fakeUsage,
  type Harness,
  scriptAnswer,
} from '../support/index.ts';
import { collect } from './collect.ts';

const model = 'gpt-5.5';
const Person = z.object({ name: z.string(), age: z.number() });
const weatherSchema = z.object({ city: z.string() });

/** A call of the tool `weather`, then the answer to its output. */
function scriptWeather(h: Harness): void {
  h.upstream
    .reply(scriptAnswer([{ reasoning: ['Hm.'] }, { call: 'weather', arguments: { city: 'Oslo' } }], { id: 'one' }))
    .reply(scriptAnswer('It is sunny.', { id: 'two' }));
}

/** The types of the items that the backend got last. */
const sentTypes = (h: Harness) => h.upstream.last.body.input.map(({ type }: { type: string }) => type);

test('openai: create, stream, parse', async (t) => {
  const h = await createHarness(t);
  const plain = await h.client.responses.create({ model, input: 'Hello', instructions: 'Be brief.' });
  assert.equal(plain.output_text, defaultText);
  assert.equal(plain.usage!.total_tokens, fakeUsage.total_tokens);

  const events = await collect(await h.client.responses.create({ model, input: 'Hello', stream: true }));
  const text = events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('');
  assert.equal(text, defaultText);
  const final = await h.client.responses.stream({ model, input: 'Hello' }).finalResponse();
  assert.equal(final.output_text, defaultText);

  const format = zodTextFormat(Person, 'person');
  const parsed = await h.client.responses.parse({ model, input: 'Who?', text: { format } });
  assert.deepEqual(parsed.output_parsed, Person.parse(parsed.output_parsed));
  const streamed = await h.client.responses.stream({ model, input: 'Who?', text: { format } }).finalResponse();
  assert.deepEqual(streamed.output_parsed, parsed.output_parsed);
});

test('openai: a loop of tool calls, with the whole conversation sent again and with `previous_response_id`', async (t) => {
  const h = await createHarness(t);
  const tools: OpenAI.Responses.Tool[] = [
    { type: 'function', name: 'weather', parameters: z.toJSONSchema(weatherSchema), strict: true },
  ];
  const outputTo = ({ output }: OpenAI.Responses.Response): OpenAI.Responses.ResponseInputItem[] => {
    const call = output.find((item) => item.type === 'function_call')!;
    assert.deepEqual(JSON.parse(call.arguments), { city: 'Oslo' });
    return [{ type: 'function_call_output', call_id: call.call_id, output: 'sunny' }];
  };

  scriptWeather(h);
  const input: OpenAI.Responses.ResponseInputItem[] = [{ role: 'user', content: 'Weather?' }];
  const first = await h.client.responses.create({ model, input, tools, store: false });
  const whole = [...input, ...(first.output as OpenAI.Responses.ResponseInputItem[]), ...outputTo(first)];
  const second = await h.client.responses.create({ model, input: whole, tools, store: false });
  assert.equal(second.output_text, 'It is sunny.');
  const expected = ['message', 'reasoning', 'function_call', 'function_call_output'];
  assert.deepEqual(sentTypes(h), expected);

  scriptWeather(h);
  const kept = await h.client.responses.create({ model, input, tools });
  const next = await h.client.responses.create({ model, input: outputTo(kept), tools, previous_response_id: kept.id });
  assert.equal(next.output_text, 'It is sunny.');
  assert.deepEqual(sentTypes(h), expected);
});

test('openai: retrieve, list the input, delete', async (t) => {
  const h = await createHarness(t);
  const { id } = await h.client.responses.create({ model, input: 'Hello' });
  assert.equal((await h.client.responses.retrieve(id)).output_text, defaultText);
  assert.equal((await collect(await h.client.responses.inputItems.list(id))).length, 1);
  const replayed = await h.client.responses.stream({ response_id: id }).finalResponse();
  assert.equal(replayed.output_text, defaultText);
  assert.ok((await h.client.responses.inputTokens.count({ model, input: 'Hello' })).input_tokens > 0);
  await h.client.responses.delete(id);
  await assert.rejects(h.client.responses.retrieve(id), { status: 404 });
});

test('openai: over a WebSocket', async (t) => {
  const h = await createHarness(t, { apiKey: 'right' });
  const socket = new ResponsesWS(h.client);
  t.after(() => socket.close());
  const answer = () =>
    new Promise<OpenAI.Responses.Response>((resolve, reject) => {
      socket.once('response.completed', ({ response }) => resolve(response));
      socket.once('error', reject);
    });
  socket.send({ type: 'response.create', model, input: 'Hello', store: false });
  const first = await answer();
  assert.equal(first.status, 'completed');
  socket.send({ type: 'response.create', model, input: 'Again', store: false, previous_response_id: first.id });
  assert.equal((await answer()).previous_response_id, first.id);
  assert.deepEqual(sentTypes(h), ['message', 'reasoning', 'message', 'message']);
});

test('@openai/agents: an agent with a tool, streamed and not, and with `previousResponseId`', async (t) => {
  const h = await createHarness(t);
  const weather = agentTool({
    name: 'weather',
    description: 'The weather of a city.',
    parameters: weatherSchema,
    execute: async ({ city }) => `sunny in ${city}`,
  });
  const agent = new Agent({
    name: 'Helper',
    instructions: 'Be brief.',
    model: new OpenAIResponsesModel(h.client as never, model),
    modelSettings: { temperature: 0.2, store: true, reasoning: { effort: 'low', summary: 'auto' } },
    tools: [weather],
  });
  const runner = new Runner({ tracingDisabled: true });

  scriptWeather(h);
  const result = await runner.run(agent, 'Weather?');
  assert.equal(result.finalOutput, 'It is sunny.');
  assert.deepEqual(sentTypes(h), ['message', 'reasoning', 'function_call', 'function_call_output']);
  h.upstream.reply(scriptAnswer('You are welcome.', { id: 'three' }));
  await runner.run(agent, 'Thanks', { previousResponseId: result.lastResponseId });
  assert.deepEqual(sentTypes(h), [
    ...['message', 'reasoning', 'function_call', 'function_call_output'],
    ...['message', 'message'],
  ]);

  scriptWeather(h);
  const streamed = await runner.run(agent, 'Weather?', { stream: true });
  const text = (await collect(streamed.toTextStream())).map(String).join('');
  await streamed.completed;
  assert.equal(text, 'It is sunny.');
});

function connectLangChain({ url }: Harness, fields: object = {}): ChatOpenAI {
  const configuration = { baseURL: `${url}/v1` };
  return new ChatOpenAI({ model, apiKey: 'none', configuration, useResponsesApi: true, maxRetries: 0, ...fields });
}

test('LangChain: text, tools and structured output by the Responses API', async (t) => {
  const h = await createHarness(t);
  const llm = connectLangChain(h, { temperature: 0, metadata: { a: 'b' } });
  const plain = await llm.invoke([new HumanMessage('Hello')]);
  assert.equal(plain.text, defaultText);
  assert.equal(plain.usage_metadata!.total_tokens, fakeUsage.total_tokens);
  const chunks = await collect(await llm.stream([new HumanMessage('Hello')]));
  assert.equal(chunks.map(({ text }) => text).join(''), defaultText);
  assert.ok(chunks.length > 3);

  const weather = langchainTool(({ city }) => `sunny in ${city}`, { name: 'weather', schema: weatherSchema });
  const bound = llm.bindTools([weather]);
  scriptWeather(h);
  const question = new HumanMessage('Weather?');
  const asked = await bound.invoke([question]);
  const [call] = asked.tool_calls!;
  assert.deepEqual(call!.args, { city: 'Oslo' });
  const output = new ToolMessage({ content: 'sunny', tool_call_id: call!.id! });
  assert.equal((await bound.invoke([question, asked, output])).text, 'It is sunny.');
  assert.deepEqual(sentTypes(h), ['message', 'reasoning', 'function_call', 'function_call_output']);

  const person = await llm.withStructuredOutput(Person, { name: 'person' }).invoke('Who?');
  assert.deepEqual(person, Person.parse(person));
});

const connectAiSdk = ({ url }: Harness) => createOpenAI({ baseURL: `${url}/v1`, apiKey: 'none' }).responses(model);

test('AI SDK: text with reasoning, streamed and not', async (t) => {
  const h = await createHarness(t);
  const plain = await generateText({ model: connectAiSdk(h), system: 'Be brief.', prompt: 'Hello', maxRetries: 0 });
  assert.equal(plain.text, defaultText);
  assert.equal(plain.reasoningText, defaultReasoning);
  assert.equal(plain.usage.totalTokens, fakeUsage.total_tokens);
  const streamed = streamText({ model: connectAiSdk(h), prompt: 'Hello', maxRetries: 0 });
  assert.equal((await collect(streamed.textStream)).join(''), defaultText);
  assert.equal(await streamed.reasoningText, defaultReasoning);
  assert.equal(await streamed.finishReason, 'stop');
});

for (const store of [true, false]) {
  test(`AI SDK: a loop of tool calls with store ${store}: items by their ids, or whole`, async (t) => {
    const h = await createHarness(t);
    const weather = aiTool({ inputSchema: weatherSchema, execute: async ({ city }) => `sunny in ${city}` });
    scriptWeather(h);
    const { text, steps } = await generateText({
      model: connectAiSdk(h),
      prompt: 'Weather?',
      tools: { weather },
      stopWhen: stepCountIs(3),
      providerOptions: { openai: { store, include: ['reasoning.encrypted_content'] } },
      maxRetries: 0,
    });
    assert.equal(text, 'It is sunny.');
    assert.equal(steps.length, 2);
    assert.deepEqual(sentTypes(h), ['message', 'reasoning', 'function_call', 'function_call_output']);
  });
}

test('AI SDK: structured output', async (t) => {
  const h = await createHarness(t);
  const { output } = await generateText({
    model: connectAiSdk(h),
    prompt: 'Who?',
    output: Output.object({ schema: Person }),
    maxRetries: 0,
  });
  assert.deepEqual(output, Person.parse(output));
});
