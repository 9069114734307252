/** LangChain and the AI SDK against the server with an OpenAI-compatible server behind it: passed on, and read. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { AIMessageChunk, HumanMessage, type ToolMessage } from '@langchain/core/messages';
import { tool as langChainTool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import { APICallError, generateText, Output, stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';
import { createBoxHarness } from '../support/box-harness.ts';
import { fakeChatText, scriptChunks } from '../support/fake-openai-server.ts';
import { fakeChatUsage } from '../support/scripted-forms.ts';
import { collect } from './collect.ts';

const head = { id: 'chatcmpl-call', object: 'chat.completion.chunk', created: 1790000000, model: 'fake-model' };

/** A stream that calls a tool, its arguments in two pieces. */
function scriptCall(name: string, args: object): object[] {
  const text = JSON.stringify(args);
  const calls = [
    { index: 0, id: 'call_1', type: 'function', function: { name, arguments: '' } },
    { index: 0, function: { arguments: text.slice(0, 4) } },
    { index: 0, function: { arguments: text.slice(4) } },
  ];
  const chunk = (delta: object, finish_reason: string | null = null) => ({
    ...head,
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
  });
  return [
    chunk({ role: 'assistant', content: null }),
    ...calls.map((call) => chunk({ tool_calls: [call] })),
    chunk({}, 'tool_calls'),
    { ...head, choices: [], usage: fakeChatUsage },
  ];
}

for (const [how, config] of [
  ['passed on', {}],
  ['read', { reasoningCompat: 'reasoning' as const }],
] as const) {
  test(`the AI SDK, ${how}: text, tools, structured output, an error`, async (t) => {
    const h = await createBoxHarness(t, { config });
    const provider = createOpenAICompatible({
      name: 'opencompat',
      baseURL: `${h.url}/v1`,
      includeUsage: true,
      supportsStructuredOutputs: true,
    });
    const model = provider('fake-model');
    const plain = await generateText({ model, prompt: 'Hello', maxRetries: 0 });
    assert.deepEqual([plain.text, plain.usage.totalTokens], [fakeChatText, fakeChatUsage.total_tokens]);
    const streamed = streamText({ model, prompt: 'Hello', maxRetries: 0 });
    assert.equal((await collect(streamed.textStream)).join(''), fakeChatText);
    assert.equal((await streamed.usage).outputTokens, fakeChatUsage.completion_tokens);

    h.box.reply(scriptCall('weather', { city: 'Oslo' })).reply(scriptChunks('Sunny.'));
    const weather = tool({
      inputSchema: z.object({ city: z.string() }),
      execute: async ({ city }) => `sunny in ${city}`,
    });
    const looped = streamText({
      model,
      prompt: 'Weather?',
      tools: { weather },
      stopWhen: stepCountIs(3),
      maxRetries: 0,
    });
    assert.equal((await collect(looped.textStream)).join(''), 'Sunny.');
    const { messages } = h.box.last.body;
    assert.deepEqual([messages.at(-1).role, messages.at(-1).content], ['tool', 'sunny in Oslo']);

    h.box.reply(scriptChunks('{"name":"Ada","age":36}'));
    const { output } = streamText({
      ...{ model, prompt: 'Who?', maxRetries: 0 },
      output: Output.object({ schema: z.object({ name: z.string(), age: z.number() }) }),
    });
    assert.deepEqual(await output, { name: 'Ada', age: 36 });
    assert.equal(h.box.last.body.response_format.type, 'json_schema');

    h.box.refuse(400, { error: { message: 'No such luck.', code: 'invalid_value' } });
    const failed = generateText({ model, prompt: 'Hello', maxRetries: 0 });
    await assert.rejects(failed, (error) => APICallError.isInstance(error) && error.statusCode === 400);
  });

  test(`LangChain, ${how}: text, tools, structured output`, async (t) => {
    // LangChain names the tool in its result, which OpenAI takes.
    const h = await createBoxHarness(t, { config, fake: { takes: ['name'] } });
    const model = new ChatOpenAI({
      model: 'fake-model',
      apiKey: 'none',
      configuration: { baseURL: `${h.url}/v1` },
      useResponsesApi: false,
      maxRetries: 0,
      streamUsage: true,
    });
    assert.equal((await model.invoke('Hello')).content, fakeChatText);
    const chunks = await collect(await model.stream('Hello'));
    const whole = chunks.reduce((sum, chunk) => sum.concat(chunk), new AIMessageChunk(''));
    assert.equal(whole.content, fakeChatText);
    assert.equal(whole.usage_metadata?.total_tokens, fakeChatUsage.total_tokens);

    const weather = langChainTool(({ city }) => `sunny in ${city}`, {
      name: 'weather',
      schema: z.object({ city: z.string() }),
    });
    const withTools = model.bindTools([weather]);
    h.box.reply(scriptCall('weather', { city: 'Oslo' })).reply(scriptChunks('Sunny.'));
    const question = new HumanMessage('Weather?');
    const asked = await collect(await withTools.stream([question]));
    const call = asked.reduce((sum, chunk) => sum.concat(chunk), new AIMessageChunk(''));
    assert.deepEqual(call.tool_calls?.[0]?.args, { city: 'Oslo' });
    const result = (await weather.invoke(call.tool_calls![0]!)) as ToolMessage;
    assert.equal(result.content, 'sunny in Oslo');
    const answered = await collect(await withTools.stream([question, call, result]));
    assert.equal(answered.map(({ content }) => content).join(''), 'Sunny.');
    assert.equal(h.box.last.body.messages.at(-1).role, 'tool');

    const message = { role: 'assistant', content: '{"name":"Ada"}' };
    if (how === 'passed on')
      h.box.refuse(200, {
        ...head,
        object: 'chat.completion',
        choices: [{ index: 0, message, finish_reason: 'stop' }],
      });
    else h.box.reply(scriptChunks(message.content));
    const structured = model.withStructuredOutput(z.object({ name: z.string() }), { method: 'jsonSchema' });
    assert.deepEqual(await structured.invoke('Who?'), { name: 'Ada' });
  });
}
