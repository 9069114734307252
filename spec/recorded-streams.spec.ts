/**
 * Every recorded Responses stream comes out as a Chat Completions answer with nothing lost. The recordings are read from
 * the folder named by OPENCOMPAT_RECORDED_STREAMS (`resp-*.sse` and `syn-*.sse`); without it our own fixtures are.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { CanonicalEvent } from '../lib/canonical.ts';
import { answerChat, reasoningCompats, streamChat, streamWire, toChunks } from './support/chat-answers.ts';
import { decodeEvents, expectAnswer, splitAnswers } from './support/response-events.ts';

const recordings = process.env.OPENCOMPAT_RECORDED_STREAMS;
const folder = recordings || fileURLToPath(new URL('fixtures/responses', import.meta.url));
const pattern = recordings ? /^(resp|syn)-.*\.sse$/ : /\.sse$/;
const files = readdirSync(folder).filter((name) => pattern.test(name));

test('there are streams to read', () => {
  assert.ok(files.length > 0, `no streams in ${folder}`);
});

for (const file of files) {
  splitAnswers(decodeEvents(readFileSync(join(folder, file), 'utf8'))).forEach((events, index, answers) => {
    const title = answers.length > 1 ? `${file} (answer ${index + 1})` : file;
    if (isFailure(events)) test(`${title}: says nothing before it fails`, () => checkSilence(events));
    else test(`${title}: loses nothing`, () => checkAnswer(events));
  });
}

function isFailure(events: readonly CanonicalEvent[]): boolean {
  return events.some(({ type }) => type === 'response.failed' || type === 'error');
}

function checkSilence(events: readonly CanonicalEvent[]): void {
  assert.equal(streamWire(events.map((event) => [event, 0])), 'data: [DONE]\n\n');
}

function checkAnswer(events: readonly CanonicalEvent[]): void {
  const expected = expectAnswer(events);
  if (!expected.response) {
    // Cut off: the reader of the stream raises the error; what came before it must be whole.
    const chunks = toChunks(streamWire(events.map((event) => [event, 0])));
    const choices = chunks.map((chunk) => (chunk.choices as { delta: { content: string }; finish_reason: null }[])[0]!);
    assert.equal(choices.map(({ delta }) => delta.content).join(''), expected.text);
    assert.ok(choices.every(({ finish_reason }) => finish_reason === null));
    return;
  }

  const streamed = streamChat(events, { body: { stream: true, stream_options: { include_usage: true } } });
  const whole = answerChat(events);
  assert.deepEqual(streamed.choices, whole.choices);
  assert.deepEqual(streamed.usage, whole.usage);
  assert.equal(streamed.service_tier, whole.service_tier);

  for (const reasoningCompat of reasoningCompats) {
    assert.deepEqual(streamChat(events, { reasoningCompat }).choices, answerChat(events, { reasoningCompat }).choices);
  }

  const { message, finish_reason } = whole.choices[0]!;
  assert.equal(message.content ?? '', expected.text);
  assert.equal(message.refusal ?? '', expected.refusal);
  assert.equal(message.reasoning_content ?? '', expected.reasoning.filter(Boolean).join('\n\n'));
  assert.deepEqual(
    message.annotations,
    expected.citations.map((citation) => ({ type: 'url_citation', url_citation: citation })),
  );
  assert.deepEqual(
    message.tool_calls ?? [],
    expected.toolCalls.map(({ id, name, input, type }) =>
      type === 'function' ? { id, type, function: { name, arguments: input } } : { id, type, custom: { name, input } },
    ),
  );
  const urls = ((message.images ?? []) as { image_url: { url: string } }[]).map(({ image_url }) => image_url.url);
  assert.deepEqual(
    urls.map((url) => url.replace(/^data:image\/\w+;base64,/, '')),
    expected.images,
  );

  const { status, usage, service_tier } = expected.response;
  if (status === 'completed') assert.equal(finish_reason, expected.toolCalls.length ? 'tool_calls' : 'stop');
  else assert.ok(['length', 'content_filter'].includes(finish_reason));
  assert.equal(whole.service_tier, service_tier ?? undefined);
  assert.equal(whole.usage?.prompt_tokens, usage?.input_tokens);
  assert.equal(whole.usage?.completion_tokens, usage?.output_tokens);
  assert.equal(whole.usage?.total_tokens, usage?.total_tokens);
  if (usage) {
    const { prompt_tokens_details, completion_tokens_details } = whole.usage as Record<string, Record<string, number>>;
    assert.equal(prompt_tokens_details!.cached_tokens, usage.input_tokens_details.cached_tokens);
    assert.equal(completion_tokens_details!.reasoning_tokens, usage.output_tokens_details.reasoning_tokens);
  }
}
