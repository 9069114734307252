/**
 * Every recorded Responses stream comes out as a Chat Completions answer and as a Responses answer with nothing lost: of
 * the encoders, and of a whole server over HTTP, however its bytes travel.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { OpenAI } from 'openai';
import type { CanonicalEvent } from '../../lib/canonical/types.ts';
import {
  answerChat,
  type ChatAnswer,
  reasoningCompats,
  streamChat,
  streamWire,
  toChunks,
} from '../support/chat-answers.ts';
import { checkChatStream } from '../support/chat-chunk-checker.ts';
import { createHarness, type Delivery, type Harness } from '../support/index.ts';
import { isFailure, listRecordedAnswers } from '../support/recorded-streams.ts';
import { answerResponse, streamResponse } from '../support/response-answers.ts';
import { type ExpectedAnswer, expectAnswer } from '../support/response-events.ts';
import { accumulateWithSdk, checkResponseStream } from '../support/response-stream-checker.ts';

type Json = Record<string, unknown>;

const pieces = mkdtempSync(join(tmpdir(), 'opencompat-streams-'));
after(() => rmSync(pieces, { recursive: true }));

for (const { title, text, events } of listRecordedAnswers()) {
  if (isFailure(events)) test(`${title}: says nothing before it fails`, () => checkSilence(events));
  else {
    test(`${title}: loses nothing`, () => checkAnswer(events));
    test(`${title}: loses nothing as a Responses answer`, () => checkResponsesAnswer(events));
  }
  test(`${title}: comes through the whole server, however its bytes travel`, (t) => checkServer(t, text, events));
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

  assertHolds(whole, expected);
}

/** What of an item must come out as it went in: all but its id (some servers change it) and its state. */
function lastingOf({ id: _id, status: _status, ...item }: Json): Json {
  if (item.type === 'message') return { ...item, content: (item.content as Json[]).map(lastingOfPart) };
  return item;
}

/** In some recordings the deltas of a text were cut short; they are what a client gets. */
function lastingOfPart({ text: _text, logprobs: _logprobs, ...part }: Json): Json {
  return part;
}

function checkResponsesAnswer(events: readonly CanonicalEvent[]): void {
  const { response } = expectAnswer(events);
  // Cut off: there is no end that could hold anything.
  if (!response) return;
  // Events of other kinds end at the decoder.
  const answer = events.filter(({ type }) => type.startsWith('response.'));
  const sent = checkResponseStream(streamResponse(answer));
  assert.deepEqual(answerResponse(answer), sent.response);
  const { response: _ours, ...content } = expectAnswer(sent.events as unknown as CanonicalEvent[]);
  const { response: _theirs, ...expected } = expectAnswer(events);
  assert.deepEqual(content, expected);
  const done = events.filter((event) => event.type === 'response.output_item.done');
  done.sort((a, b) => a.output_index - b.output_index);
  const finished = done.length > 0 ? done.map(({ item }) => item) : response.output;
  assert.deepEqual(sent.items.map(lastingOf), (finished as unknown as Json[]).map(lastingOf));
  if (isKnownToSdk(events)) accumulateWithSdk(sent.events);
}

/** The openai package raises at events that are newer than itself. */
function isKnownToSdk(events: readonly CanonicalEvent[]): boolean {
  return !events.some(({ type }) => type.startsWith('response.apply_patch'));
}

function assertHolds(whole: ChatAnswer, expected: ExpectedAnswer): void {
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

  const { status, usage, service_tier } = expected.response!;
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

const inEventStream = { headers: { 'content-type': 'text/event-stream' } };
const usageOnce = { stream: true, stream_options: { include_usage: true } } as const;

/** The ways in which the bytes of a stream come: line ends, pieces, with a media type and without. */
const journeys: { lineEnd: string; delivery: Delivery }[] = [
  { lineEnd: '\n', delivery: {} },
  { lineEnd: '\n', delivery: { splitEveryBytes: 1, ...inEventStream } },
  { lineEnd: '\r\n', delivery: { splitEveryBytes: 7 } },
  { lineEnd: '\r\n', delivery: { splitEveryBytes: 1024, ...inEventStream } },
  { lineEnd: '\r', delivery: { splitEveryBytes: 61 } },
];

async function checkServer(t: Parameters<typeof createHarness>[0], text: string, events: readonly CanonicalEvent[]) {
  const h = await createHarness(t);
  const expected = expectAnswer(events);
  for (const { lineEnd, delivery } of journeys) {
    const file = join(pieces, 'stream.sse');
    writeFileSync(file, text.replaceAll('\n', lineEnd));
    const reply = () => h.upstream.reply(pathToFileURL(file), delivery);
    const label = `${JSON.stringify(lineEnd)} ${JSON.stringify(delivery)}`;
    if (isFailure(events) || !expected.response) {
      await checkServerFailure(h, reply, label);
      continue;
    }

    reply();
    const whole = (await (await post(h)).json()) as ChatAnswer;
    assertHolds(whole, expected);

    reply();
    const guarded = (await (await post(h, { stop: ['\u0000'], max_tokens: 1_000_000 })).json()) as ChatAnswer;
    assert.deepEqual([guarded.choices, guarded.usage], [whole.choices, whole.usage], `${label}: limits out of reach`);

    reply();
    const wire = await (await post(h, usageOnce)).text();
    const streamed = checkChatStream(wire, { hasUsage: true });
    assert.deepEqual(streamed.choices, whole.choices, label);
    assert.deepEqual(streamed.usage, whole.usage, label);
    assert.equal(streamed.service_tier, whole.service_tier, label);

    reply();
    const final = await h.client.chat.completions.stream({ ...ask, ...usageOnce }).finalChatCompletion();
    const { content, refusal, tool_calls } = final.choices[0]!.message;
    const { message, finish_reason } = whole.choices[0]!;
    assert.deepEqual([content ?? '', refusal], [message.content ?? '', message.refusal], label);
    assert.deepEqual(withoutParsed(tool_calls ?? []), message.tool_calls ?? [], label);
    assert.equal(final.choices[0]!.finish_reason, finish_reason, label);
    assert.deepEqual(final.usage ?? undefined, whole.usage, label);

    if (delivery.splitEveryBytes !== 7) continue;
    await checkServerResponses(h, reply, label, isKnownToSdk(events));
  }
}

/** A Responses answer without what is another for each request. */
/** Nor the times, which may be of the next second. */
function withoutIds({ id: _id, created_at: _created, completed_at: _completed, output, ...response }: Json): Json {
  return { ...response, output: (output as Json[]).map(({ id: _itemId, ...item }) => item) };
}

async function checkServerResponses(h: Harness, reply: () => void, label: string, isForSdk: boolean): Promise<void> {
  const request = { model: 'gpt-5.5', input: 'Hello' };
  const postResponses = (fields: object = {}) =>
    h.fetch('/v1/responses', { method: 'POST', body: JSON.stringify({ ...request, ...fields }) });
  reply();
  const whole = withoutIds((await (await postResponses()).json()) as Json);
  reply();
  const streamed = checkResponseStream(await (await postResponses({ stream: true })).text());
  assert.deepEqual(withoutIds(streamed.response), whole, label);
  reply();
  const guarded = (await (await postResponses({ max_output_tokens: 1_000_000 })).json()) as Json;
  assert.deepEqual(withoutIds({ ...guarded, max_output_tokens: null }), whole, `${label}: limits out of reach`);
  if (!isForSdk) return;
  reply();
  const final = await h.client.responses.stream(request).finalResponse();
  assert.equal(final.output.length, (whole.output as unknown[]).length, label);
}

const ask = { model: 'gpt-5.5', messages: [{ role: 'user' as const, content: 'Hello' }] };

function post(h: Harness, fields: object = {}): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return h.fetch('/v1/chat/completions', { method: 'POST', headers, body: JSON.stringify({ ...ask, ...fields }) });
}

/** The helper adds what it parsed of the arguments. */
function withoutParsed(calls: readonly OpenAI.ChatCompletionMessageToolCall[]): object[] {
  return calls.map((call) => {
    if (call.type !== 'function') return call;
    const { name, arguments: args } = call.function;
    return { id: call.id, type: call.type, function: { name, arguments: args } };
  });
}

async function checkServerFailure(h: Harness, reply: () => void, label: string): Promise<void> {
  reply();
  const answer = await post(h);
  assert.ok(answer.status >= 400, label);
  const { error } = (await answer.json()) as { error: Record<string, unknown> };
  assert.deepEqual(Object.keys(error).slice(0, 4), ['message', 'type', 'param', 'code'], label);

  reply();
  const streamed = await post(h, { stream: true });
  if (streamed.status !== 200) {
    assert.equal(streamed.status, answer.status, label);
    assert.deepEqual(await streamed.json(), { error }, label);
    return;
  }
  const last = (await streamed.text()).trimEnd().split('\n\n').at(-1)!;
  assert.deepEqual(JSON.parse(last.slice('data: '.length)), { error }, label);
}
