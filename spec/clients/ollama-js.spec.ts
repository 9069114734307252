/** Ollama's own client against the server, and LangChain's model for Ollama. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AIMessageChunk, HumanMessage, SystemMessage, ToolMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOllama, OllamaEmbeddings, Ollama as OllamaLLM } from '@langchain/ollama';
import { type Message, Ollama } from 'ollama';
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
const messages: Message[] = [{ role: 'user', content: 'Hello' }];
const connect = ({ url }: Harness) => new Ollama({ host: url });

const clock = {
  type: 'function',
  function: {
    name: 'clock',
    description: 'The time of a zone.',
    parameters: { type: 'object', required: ['zone'], properties: { zone: { type: 'string' } } },
  },
};

test('ollama: chat, whole and streamed', async (t) => {
  const ollama = connect(await createHarness(t));
  const whole = await ollama.chat({ model, messages, think: true, options: { temperature: 0 } });
  assert.deepEqual([whole.message.content, whole.message.thinking], [defaultText, defaultReasoning]);
  assert.deepEqual([whole.done, whole.done_reason], [true, 'stop']);
  assert.deepEqual([whole.prompt_eval_count, whole.eval_count], [fakeUsage.input_tokens, fakeUsage.output_tokens]);
  const parts = await collect(await ollama.chat({ model, messages, stream: true }));
  assert.equal(parts.map(({ message }) => message.content).join(''), defaultText);
  assert.equal(parts.map(({ message }) => message.thinking ?? '').join(''), defaultReasoning);
  assert.deepEqual(
    parts.map(({ done }) => done),
    parts.map((_, index) => index === parts.length - 1),
  );
});

test('ollama: generate, whole and streamed, and with a gap', async (t) => {
  const h = await createHarness(t);
  const ollama = connect(h);
  assert.equal((await ollama.generate({ model, prompt: 'Hello' })).response, defaultText);
  const parts = await collect(await ollama.generate({ model, prompt: 'Hello', stream: true }));
  assert.equal(parts.map(({ response }) => response).join(''), defaultText);
  await ollama.generate({ model, prompt: 'let a = ', suffix: ';' });
  assert.match(h.upstream.last.body.instructions, /gap/);
});

test('ollama: a call, its result, and the answer', async (t) => {
  const h = await createHarness(t);
  const ollama = connect(h);
  for (const stream of [false, true] as const) {
    h.upstream.reply(scriptAnswer([{ call: 'clock', arguments: { zone: 'UTC' } }]));
    const turn = [...messages];
    const answer = stream
      ? await collect(await ollama.chat({ model, messages: turn, tools: [clock], stream }))
      : [await ollama.chat({ model, messages: turn, tools: [clock] })];
    for (const { message } of answer) if (message.tool_calls) turn.push(message);
    const calls = turn.at(-1)!.tool_calls!;
    assert.deepEqual(
      calls.map(({ function: { name, arguments: args } }) => [name, args]),
      [['clock', { zone: 'UTC' }]],
    );
    turn.push({ role: 'tool', tool_name: 'clock', content: 'noon' });
    const last = await ollama.chat({ model, messages: turn, tools: [clock] });
    assert.equal(last.message.content, 'The tools answered: noon.');
    const output = h.upstream.last.body.input.at(-1);
    assert.deepEqual([output.type, output.output], ['function_call_output', 'noon']);
  }
});

test('ollama: images and structured output', async (t) => {
  const h = await createHarness(t);
  const image = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk', 'base64');
  await connect(h).chat({ model, messages: [{ role: 'user', content: 'See', images: [new Uint8Array(image)] }] });
  assert.match(JSON.stringify(h.upstream.last.body.input), /"image_url":"data:image\/png;base64,iVBOR/);
  const format = z.toJSONSchema(z.object({ name: z.string(), age: z.number() }));
  const { message } = await connect(h).chat({ model, messages, format });
  assert.deepEqual(Object.keys(JSON.parse(message.content)), ['name', 'age']);
});

test('ollama: what is asked about models', async (t) => {
  const ollama = connect(await createHarness(t));
  const { models } = await ollama.list();
  assert.ok(models.some(({ name }) => name === model));
  const { capabilities, model_info } = await ollama.show({ model: 'gpt-5.5:latest' });
  assert.ok(capabilities.includes('tools'));
  assert.ok('general.architecture' in model_info);
  assert.ok((await ollama.ps()).models.every(({ expires_at }) => Date.parse(String(expires_at)) > Date.now()));
  assert.equal(typeof (await ollama.version()).version, 'string');
  assert.equal((await ollama.pull({ model })).status, 'success');
  assert.deepEqual(
    (await collect(await ollama.pull({ model, stream: true }))).map(({ status }) => status),
    ['success'],
  );
});

test('ollama: vectors', async (t) => {
  const h = await createHarness(t, { config: { demo: true } });
  const ollama = connect(h);
  const { embeddings, prompt_eval_count } = await ollama.embed({ model: 'demo-embeddings', input: ['one', 'two'] });
  assert.equal(embeddings.length, 2);
  assert.ok(prompt_eval_count > 0);
  const { embedding } = await ollama.embeddings({ model: 'demo-embeddings', prompt: 'one' });
  assert.deepEqual(embedding, embeddings[0]);
  const langChain = new OllamaEmbeddings({ baseUrl: h.url, model: 'demo-embeddings' });
  assert.deepEqual(await langChain.embedQuery('one'), embedding);
});

test('ollama: errors are raised with their text, before a stream and in it', async (t) => {
  const h = await createHarness(t);
  const ollama = connect(h);
  await assert.rejects(ollama.chat({ model: 'nope', messages }), {
    name: 'ResponseError',
    error: "model 'nope' not found",
    status_code: 404,
  });
  await assert.rejects(ollama.embed({ model, input: 'a' }), { status_code: 400 });
  await assert.rejects(ollama.delete({ model }), { status_code: 501 });
  h.upstream.reply(scriptAnswer('One two', { end: 'none' }));
  await assert.rejects(
    ollama.chat({ model, messages, stream: true }).then(collect),
    /^Error: ChatGPT closed the stream before the answer was complete/,
  );
});

test('ollama: a stream that is aborted ends the upstream request', async (t) => {
  const h = await createHarness(t);
  h.upstream.reply('text-hello.sse', { pauseAfterBytes: 2500 });
  const stream = await connect(h).chat({ model, messages, stream: true });
  await assert.rejects(async () => {
    for await (const _part of stream) stream.abort();
  });
  assert.equal(await h.upstream.last.aborted, true);
});

test('@langchain/ollama: messages, streamed and not', async (t) => {
  const h = await createHarness(t);
  const chat = new ChatOllama({ baseUrl: h.url, model, temperature: 0, maxRetries: 0 });
  const answer = await chat.invoke([new SystemMessage('Be brief.'), new HumanMessage('Hello')]);
  assert.equal(answer.text, defaultText);
  assert.deepEqual(answer.usage_metadata?.output_tokens, fakeUsage.output_tokens);
  assert.equal(h.upstream.last.body.instructions, 'Be brief.');
  const chunks: AIMessageChunk[] = await collect(await chat.stream('Hello'));
  assert.equal(chunks.map(({ text }) => text).join(''), defaultText);
});

test('@langchain/ollama: tools and structured output', async (t) => {
  const h = await createHarness(t);
  const chat = new ChatOllama({ baseUrl: h.url, model, maxRetries: 0 });
  const weather = tool(({ city }) => `sunny in ${city}`, {
    name: 'weather',
    description: 'The weather of a city.',
    schema: z.object({ city: z.string() }),
  });
  const asked = new HumanMessage('Use weather.');
  const call = await chat.bindTools([weather]).invoke([asked]);
  assert.deepEqual(
    call.tool_calls?.map(({ name }) => name),
    ['weather'],
  );
  const results = await Promise.all(call.tool_calls!.map((each) => weather.invoke({ ...each, type: 'tool_call' })));
  assert.ok(results.every((result) => result instanceof ToolMessage));
  const answer = await chat.bindTools([weather]).invoke([asked, call, ...results]);
  assert.match(answer.text, /sunny in/);
  const person = await chat.withStructuredOutput(z.object({ name: z.string(), age: z.number() })).invoke('Who?');
  assert.deepEqual(Object.keys(person), ['name', 'age']);
});

test('@langchain/ollama: plain texts', async (t) => {
  const h = await createHarness(t);
  // Unless it is told not to think, it takes what was thought for part of the text.
  const llm = new OllamaLLM({ baseUrl: h.url, model, maxRetries: 0, think: false });
  assert.equal(await llm.invoke('Hello'), defaultText);
  assert.equal((await collect(await llm.stream('Hello'))).join(''), defaultText);
});
