/** The AI SDK against the server, through its Anthropic provider. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAnthropic } from '@ai-sdk/anthropic';
import { APICallError, generateText, Output, stepCountIs, streamText, tool } from 'ai';
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

const connect = ({ url }: Harness) => createAnthropic({ baseURL: `${url}/v1`, apiKey: 'none' })('claude-sonnet-4-5');
const showThinking = { anthropic: { thinking: { type: 'enabled', budgetTokens: 1024 } } } as const;

test('text, streamed and not', async (t) => {
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

test('thinking, streamed and not', async (t) => {
  const h = await createHarness(t);
  const settings = { model: connect(h), prompt: 'Hello', maxRetries: 0, providerOptions: showThinking };
  assert.equal((await generateText(settings)).reasoningText, defaultReasoning);
  const streamed = streamText(settings);
  await streamed.consumeStream();
  assert.equal(await streamed.reasoningText, defaultReasoning);
});

for (const isStreamed of [false, true]) {
  test(`the tool loop with parallel calls and thinking, ${isStreamed ? 'streamed' : 'not streamed'}`, async (t) => {
    const h = await createHarness(t);
    const settings = {
      model: connect(h),
      prompt: 'Use weather and clock.',
      providerOptions: showThinking,
      tools: {
        weather: tool({ inputSchema: z.object({ city: z.string() }), execute: async ({ city }) => `sunny in ${city}` }),
        clock: tool({ inputSchema: z.object({}), execute: async () => 'noon' }),
      },
      stopWhen: stepCountIs(3),
      maxRetries: 0,
    };
    const result = isStreamed ? streamText(settings) : await generateText(settings);
    assert.equal(await result.text, 'The tools answered: sunny in city, noon.');
    const [first] = await result.steps;
    assert.deepEqual(
      first?.toolCalls.map(({ toolName, input }) => [toolName, input]),
      [
        ['weather', { city: 'city' }],
        ['clock', {}],
      ],
    );
    assert.ok(h.upstream.last.body.input.some(({ type }: { type: string }) => type === 'reasoning'));
  });
}

test('structured output, streamed and not', async (t) => {
  const h = await createHarness(t);
  const Person = z.object({ name: z.string(), age: z.number(), tags: z.array(z.string()) });
  const settings = { model: connect(h), prompt: 'A person', output: Output.object({ schema: Person }), maxRetries: 0 };
  const plain = await generateText(settings);
  assert.deepEqual(Person.parse(plain.output), { name: 'name', age: 1, tags: ['tags'] });
  const streamed = streamText(settings);
  assert.deepEqual((await collect(streamed.partialOutputStream)).at(-1), plain.output);
});

test('errors before and in the stream', async (t) => {
  const h = await createHarness(t);
  h.upstream.refuse(429, { error: { type: 'usage_limit_reached', message: 'Reached', resets_in_seconds: 600 } });
  await assert.rejects(generateText({ model: connect(h), prompt: 'Hello', maxRetries: 0 }), (error) => {
    assert.ok(APICallError.isInstance(error));
    assert.equal(error.statusCode, 429);
    assert.match(error.message, /Reached/);
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
  assert.equal((await collect(streamed.textStream)).join(''), 'Half an answer');
  assert.equal(errors.length, 1);
});
