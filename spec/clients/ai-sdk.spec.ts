/** The AI SDK against the server, through its OpenAI provider (chat) and its provider for compatible servers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, generateText, type LanguageModel, Output, stepCountIs, streamText, tool } from 'ai';
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

type Connect = (h: Harness) => LanguageModel;

const providers: Record<string, Connect> = {
  '@ai-sdk/openai': ({ url }) => createOpenAI({ baseURL: `${url}/v1`, apiKey: 'none' }).chat('gpt-5.5'),
  '@ai-sdk/openai-compatible': ({ url }) =>
    createOpenAICompatible({
      name: 'opencompat',
      baseURL: `${url}/v1`,
      includeUsage: true,
      supportsStructuredOutputs: true,
    })('gpt-5.5'),
};

const weather = tool({
  description: 'The weather of a city.',
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => `sunny in ${city}`,
});
const clock = tool({
  description: 'The time of a zone.',
  inputSchema: z.object({ zone: z.string() }),
  execute: async ({ zone }) => `noon in ${zone}`,
});
const Person = z.object({ name: z.string(), age: z.number(), tags: z.array(z.string()) });

for (const [name, connect] of Object.entries(providers)) {
  test(`${name}: text, streamed and not`, async (t) => {
    const h = await createHarness(t);
    const model = connect(h);
    const plain = await generateText({ model, system: 'Be brief.', prompt: 'Hello', temperature: 0, maxRetries: 0 });
    assert.equal(plain.text, defaultText);
    assert.equal(plain.finishReason, 'stop');
    assert.equal(plain.usage.inputTokens, fakeUsage.input_tokens);
    assert.equal(plain.usage.outputTokens, fakeUsage.output_tokens);

    const streamed = streamText({ model, prompt: 'Hello', maxRetries: 0 });
    const pieces = await collect(streamed.textStream);
    assert.equal(pieces.join(''), defaultText);
    assert.ok(pieces.length > 1);
    assert.equal(await streamed.finishReason, 'stop');
    assert.equal((await streamed.usage).totalTokens, fakeUsage.total_tokens);
  });

  for (const isStreamed of [false, true]) {
    test(`${name}: the tool loop with parallel calls, ${isStreamed ? 'streamed' : 'not streamed'}`, async (t) => {
      const h = await createHarness(t);
      const settings = {
        model: connect(h),
        prompt: 'Use weather and clock.',
        tools: { weather, clock },
        stopWhen: stepCountIs(3),
        maxRetries: 0,
      };
      const result = isStreamed ? streamText(settings) : await generateText(settings);
      assert.equal(await result.text, 'The tools answered: sunny in city, noon in zone.');
      const [first] = await result.steps;
      assert.deepEqual(
        first?.toolCalls.map(({ toolName, input }) => [toolName, input]),
        [
          ['weather', { city: 'city' }],
          ['clock', { zone: 'zone' }],
        ],
      );
      assert.equal(h.upstream.requests.length, 2);
    });
  }

  test(`${name}: structured output, streamed and not`, async (t) => {
    const h = await createHarness(t);
    const output = Output.object({ schema: Person });
    const plain = await generateText({ model: connect(h), prompt: 'A person', output, maxRetries: 0 });
    assert.deepEqual(Person.parse(plain.output), { name: 'name', age: 1, tags: ['tags'] });
    assert.equal(h.upstream.last.body.text.format.type, 'json_schema');

    const streamed = streamText({ model: connect(h), prompt: 'A person', output, maxRetries: 0 });
    const parts = await collect(streamed.partialOutputStream);
    assert.deepEqual(parts.at(-1), plain.output);
  });

  test(`${name}: errors before and in the stream`, async (t) => {
    const h = await createHarness(t);
    h.upstream.refuse(429, { error: { type: 'usage_limit_reached', message: 'Reached', resets_in_seconds: 600 } });
    await assert.rejects(generateText({ model: connect(h), prompt: 'Hello', maxRetries: 0 }), (error) => {
      assert.ok(APICallError.isInstance(error));
      assert.equal(error.statusCode, 429);
      return true;
    });

    h.upstream.reply(scriptAnswer('Half an answer', { end: { failed: { code: 'server_error', message: 'Broken' } } }));
    const errors: unknown[] = [];
    const streamed = streamText({
      model: connect(h),
      prompt: 'Hello',
      maxRetries: 0,
      onError: ({ error }) => void errors.push(error),
    });
    const pieces = await collect(streamed.textStream);
    assert.equal(pieces.join(''), 'Half an answer');
    assert.equal(errors.length, 1);
  });
}

test('@ai-sdk/openai-compatible: reasoning arrives as reasoning', async (t) => {
  const h = await createHarness(t);
  const model = providers['@ai-sdk/openai-compatible']!(h);
  const plain = await generateText({ model, prompt: 'Hello', maxRetries: 0 });
  assert.equal(plain.reasoningText, defaultReasoning);
  const streamed = streamText({ model, prompt: 'Hello', maxRetries: 0 });
  await streamed.consumeStream();
  assert.equal(await streamed.reasoningText, defaultReasoning);
});

test('@ai-sdk/openai-compatible: aborting lets go of the upstream', async (t) => {
  const h = await createHarness(t);
  h.upstream.reply(scriptAnswer('A long answer', { end: 'none' }), { hang: true });
  const controller = new AbortController();
  const model = providers['@ai-sdk/openai-compatible']!(h);
  const streamed = streamText({ model, prompt: 'Hello', maxRetries: 0, abortSignal: controller.signal });
  for await (const _piece of streamed.textStream) controller.abort();
  assert.equal(await h.upstream.last.aborted, true);
});
