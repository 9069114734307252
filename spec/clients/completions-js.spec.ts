/** Clients of the Completions API against the server: the OpenAI SDK, LangChain, the AI SDK. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { OpenAI as LangChainOpenAI } from '@langchain/openai';
import { generateText, type LanguageModel, streamText } from 'ai';
import { createHarness, defaultText, fakeUsage, type Harness, scriptAnswer } from '../support/index.ts';
import { collect } from './collect.ts';

const model = 'gpt-5.5';

test('openai: a prompt, whole and streamed', async (t) => {
  const { client } = await createHarness(t);
  const whole = await client.completions.create({ model, prompt: 'Once' });
  assert.equal(whole.object, 'text_completion');
  assert.deepEqual(
    whole.choices.map(({ text, finish_reason }) => [text, finish_reason]),
    [[defaultText, 'stop']],
  );
  assert.equal(whole.usage?.total_tokens, fakeUsage.total_tokens);
  const stream = await client.completions.create({
    model,
    prompt: 'Once',
    stream: true,
    stream_options: { include_usage: true },
  });
  const chunks = await collect(stream);
  assert.equal(chunks.map(({ choices }) => choices[0]?.text ?? '').join(''), defaultText);
  assert.equal(chunks.at(-1)?.usage?.total_tokens, fakeUsage.total_tokens);
});

test('openai: a list of prompts, and errors', async (t) => {
  const h = await createHarness(t);
  const { choices } = await h.client.completions.create({ model, prompt: ['A', 'B'], n: 2 });
  assert.deepEqual(
    choices.map(({ index }) => index),
    [0, 1, 2, 3],
  );
  await assert.rejects(h.client.completions.create({ model: 'nope', prompt: 'A' }), {
    status: 404,
    code: 'model_not_found',
  });
  h.upstream.reply(scriptAnswer('One two', { end: 'none' }));
  await assert.rejects(h.client.completions.create({ model, prompt: 'A', stream: true }).then(collect), {
    code: 'upstream_stream_closed',
  });
});

test('@langchain/openai: prompts alone, in a batch, streamed', async (t) => {
  const h = await createHarness(t);
  const configuration = { baseURL: `${h.url}/v1` };
  const llm = new LangChainOpenAI({ model, apiKey: 'none', configuration, maxRetries: 0, temperature: 0 });
  assert.equal(await llm.invoke('Once'), defaultText);
  // Its own limit is 20 prompts in a request, more than are under way at a time.
  const prompts = Array.from({ length: 12 }, (_, index) => `Number ${index}`);
  const { generations } = await llm.generate(prompts);
  assert.deepEqual(
    generations.map(([first]) => first?.text),
    prompts.map(() => defaultText),
  );
  assert.equal((await collect(await llm.stream('Once'))).join(''), defaultText);
});

const aiModels: Record<string, (h: Harness) => LanguageModel> = {
  '@ai-sdk/openai': ({ url }) => createOpenAI({ baseURL: `${url}/v1`, apiKey: 'none' }).completion(model),
  '@ai-sdk/openai-compatible': ({ url }) =>
    createOpenAICompatible({ name: 'opencompat', baseURL: `${url}/v1`, includeUsage: true }).completionModel(model),
};

for (const [name, connect] of Object.entries(aiModels)) {
  test(`${name}: text, streamed and not`, async (t) => {
    const h = await createHarness(t);
    const plain = await generateText({ model: connect(h), prompt: 'Once', maxRetries: 0 });
    assert.deepEqual([plain.text, plain.finishReason], [defaultText, 'stop']);
    assert.equal(plain.usage.totalTokens, fakeUsage.total_tokens);
    const streamed = streamText({ model: connect(h), prompt: 'Once', maxRetries: 0 });
    assert.equal((await collect(streamed.textStream)).join(''), defaultText);
    assert.equal(await streamed.finishReason, 'stop');
  });
}
