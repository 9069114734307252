/** Anthropic's streams as canonical events. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { readEvents } from '../../../lib/answer/read-events.ts';
import { messagesUpstream } from '../../../lib/apis/messages/decoder.ts';
import { readKeptThinking } from '../../../lib/apis/messages/kept-thinking.ts';
import type { CanonicalEvent, CanonicalResponse } from '../../../lib/canonical/types.ts';
import { OpenCompatError } from '../../../lib/errors.ts';
import type { UpstreamAnswer } from '../../../lib/providers/provider.ts';

const own = fileURLToPath(new URL('../../fixtures/messages', import.meta.url));

function readFixture(name: string): string {
  return readFileSync(join(own, `${name}.sse`), 'utf8');
}

/** Through the reader of upstream answers, in pieces of so many bytes. */
async function decode(text: string, bytes = 1_000_000): Promise<CanonicalEvent[]> {
  const whole = Buffer.from(text);
  const parts = Array.from({ length: Math.ceil(whole.length / bytes) }, (_, n) =>
    whole.subarray(n * bytes, (n + 1) * bytes),
  );
  const answer = Object.assign(Readable.from(parts, { objectMode: false }), { statusCode: 200, headers: {} });
  const events: CanonicalEvent[] = [];
  await readEvents(answer as unknown as UpstreamAnswer, 0, {
    sink: { accept: (event) => events.push(event), flush: () => true, drained: async () => {} },
    api: messagesUpstream,
    facts: { id: 'x', createdS: 7, model: 'claude-x' },
    transforms: [],
    onVendorEvent: () => {},
    onFirstEvent: () => {},
    onComplete: () => {},
    providerTitle: 'Upstream',
    idleTimeoutMs: 10_000,
    maxEventBytes: 1_000_000,
    maxEventLines: 10_000,
    maxAnswerBytes: 1_000_000,
    maxStreamBytes: 1_000_000,
    signal: new AbortController().signal,
  });
  return events;
}

async function responseOf(name: string): Promise<CanonicalResponse> {
  const last = (await decode(readFixture(name))).at(-1)!;
  assert.ok(last.type === 'response.completed' || last.type === 'response.incomplete');
  return last.response;
}

function textOf({ output }: CanonicalResponse): string {
  return output
    .flatMap((item) => (item.type === 'message' ? item.content : []))
    .map((part) => (part.type === 'output_text' ? part.text : part.refusal))
    .join('');
}

for (const name of readdirSync(own).map((file) => file.replace('.sse', ''))) {
  test(`${name}: the same events however its bytes travel`, async () => {
    const whole = await decode(readFixture(name));
    for (const bytes of [1, 7, 61]) assert.deepEqual(await decode(readFixture(name), bytes), whole);
    assert.deepEqual(await decode(readFixture(name).replaceAll('\n', '\r\n')), whole);
    assert.deepEqual(
      whole.map(({ sequence_number }) => sequence_number),
      whole.map((_, index) => index),
    );
    assert.equal(whole[0]?.type, 'response.created');
  });
}

test('text, and a usage that counts what was cached', async () => {
  const response = await responseOf('text');
  assert.equal(textOf(response), 'Guten Tag, 世界 👋');
  assert.equal(response.status, 'completed');
  assert.equal(response.usage?.input_tokens, 20);
  assert.equal(response.usage?.input_tokens_details.cached_tokens, 5);
  assert.equal(response.usage?.output_tokens, 9);
});

test('thinking with its signature, then text and two calls, one without input', async () => {
  const { output } = await responseOf('thinking-then-tools');
  assert.deepEqual(
    output.map(({ type }) => type),
    ['reasoning', 'message', 'function_call', 'function_call'],
  );
  const [reasoning, , first, second] = output;
  assert.ok(reasoning?.type === 'reasoning');
  assert.deepEqual(
    reasoning.content?.map(({ text }) => text),
    ['Two cities to look up.'],
  );
  assert.deepEqual(readKeptThinking(reasoning.encrypted_content), {
    type: 'thinking',
    thinking: 'Two cities to look up.',
    signature: 'c2ln',
  });
  assert.ok(first?.type === 'function_call' && second?.type === 'function_call');
  assert.deepEqual([first.call_id, first.name, first.arguments], ['toolu_a', 'get_weather', '{"city":"Oslo"}']);
  assert.deepEqual([second.call_id, second.name, second.arguments], ['toolu_b', 'list_cities', '{}']);
});

test('redacted thinking is kept for the next turn; a second message_start says nothing', async () => {
  const { output } = await responseOf('redacted-thinking');
  assert.ok(output[0]?.type === 'reasoning');
  assert.deepEqual(readKeptThinking(output[0].encrypted_content), { type: 'redacted_thinking', data: 'b3BhcXVl' });
});

test('a search that ran upstream, with its sources, and a citation of the block that it stands in', async () => {
  const [search, message] = (await responseOf('web-search')).output;
  assert.ok(search?.type === 'web_search_call' && search.action?.type === 'search');
  assert.equal(search.action.query, 'fjords');
  assert.deepEqual(search.action.sources, [{ type: 'url', url: 'https://example.com/a' }]);
  assert.ok(message?.type === 'message' && message.content[0]?.type === 'output_text');
  const { text, annotations } = message.content[0];
  const [citation] = annotations;
  assert.ok(citation?.type === 'url_citation');
  assert.equal(text.slice(citation.start_index, citation.end_index), 'Fjords are deep.');
});

test('how it ended', async () => {
  assert.equal((await responseOf('max-tokens')).incomplete_details?.reason, 'max_output_tokens');
  assert.equal((await responseOf('refusal')).incomplete_details?.reason, 'content_filter');
  const stopped = await responseOf('stop-sequence');
  assert.equal(stopped.status, 'completed');
  assert.equal(stopped.stop_sequence, 'three');
});

test('a message that came whole gives the same answer as its stream', async () => {
  const message = {
    type: 'message',
    content: [
      { type: 'thinking', thinking: 'Two cities to look up.', signature: 'c2ln' },
      { type: 'text', text: 'I look.' },
      { type: 'tool_use', id: 'toolu_a', name: 'get_weather', input: { city: 'Oslo' } },
      { type: 'tool_use', id: 'toolu_b', name: 'list_cities', input: {} },
    ],
    stop_reason: 'tool_use',
    usage: { input_tokens: 12, output_tokens: 9 },
  };
  const whole = (await decode(JSON.stringify(message))).at(-1) as { response: CanonicalResponse };
  assert.deepEqual(whole.response, await responseOf('thinking-then-tools'));
});

async function codeOf(text: string): Promise<string | undefined> {
  try {
    await decode(text);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof OpenCompatError, String(error));
    return error.code;
  }
}

test('failures are told by their kind, and a stream without its end has been cut', async () => {
  const begun = readFixture('text').split('\n\n').slice(0, 3).join('\n\n');
  const failing = (type: string) =>
    `${begun}\n\nevent: error\ndata: {"type":"error","error":{"type":"${type}","message":"No."}}\n\n`;
  assert.equal(await codeOf(failing('overloaded_error')), 'OC_OVERLOADED');
  assert.equal(await codeOf(failing('rate_limit_error')), 'OC_UPSTREAM_RATE_LIMITED');
  assert.equal(await codeOf(failing('api_error')), 'OC_UPSTREAM_ERROR');
  const cut = readFixture('text').replace(/event: message_stop[\s\S]*/, '');
  assert.equal(await codeOf(cut), 'OC_UPSTREAM_STREAM_CLOSED');
});

test('whatever the events hold, there is an answer or an error of the table', async () => {
  const type = fc.constantFrom(
    ...['message_start', 'content_block_start', 'content_block_delta', 'content_block_stop', 'message_delta'],
    ...['message_stop', 'error', 'other'],
  );
  const blockType = fc.constantFrom(
    ...['text', 'thinking', 'tool_use', 'server_tool_use', 'web_search_tool_result'],
    ...['text_delta', 'input_json_delta', 'citations_delta', 'signature_delta'],
  );
  const anyText = fc.oneof(fc.string(), fc.jsonValue());
  const block = fc.record(
    {
      type: blockType,
      text: anyText,
      name: fc.constantFrom('web_search', 'web_fetch', 'f', 5),
      input: fc.jsonValue(),
      partial_json: anyText,
      citation: fc.jsonValue(),
      content: fc.jsonValue(),
    },
    { requiredKeys: ['type'] },
  );
  const anyBlock = fc.oneof(block, fc.jsonValue());
  const event = fc.record(
    { type, content_block: anyBlock, delta: anyBlock, usage: fc.jsonValue(), error: fc.jsonValue() },
    { requiredKeys: ['type'] },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 12 }), async (events) => {
      await codeOf(events.map((each) => `data: ${JSON.stringify(each)}\n\n`).join(''));
    }),
  );
});

const recordings = process.env.OPENCOMPAT_RECORDED_STREAMS;
for (const file of recordings ? readdirSync(recordings).filter((name) => /^anth-.*\.sse$/.test(name)) : []) {
  test(`${file}: loses no text, no thinking and no call`, async () => {
    const text = readFileSync(join(recordings!, file), 'utf8');
    const sent = [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data!));
    const joined = (kind: string, field: string) =>
      sent.map(({ delta }) => (delta?.type === kind ? delta[field] : '')).join('');
    const { response } = (await decode(text, 61)).at(-1) as { response: CanonicalResponse };
    const { output } = response;
    assert.equal(textOf(response), joined('text_delta', 'text'));
    const thinking = output.flatMap((item) => (item.type === 'reasoning' ? (item.content ?? []) : []));
    assert.equal(thinking.map((part) => part.text).join(''), joined('thinking_delta', 'thinking'));
    const starts = sent.filter((event) => event.type === 'content_block_start').map((event) => event.content_block);
    assert.equal(
      output.filter(({ type }) => type === 'function_call').length,
      starts.filter((block) => block.type === 'tool_use').length,
    );
    assert.equal(
      output.filter((item) => item.type === 'reasoning' && item.encrypted_content).length,
      starts.filter((block) => block.type === 'redacted_thinking').length +
        sent.filter(({ delta }) => delta?.type === 'signature_delta' && delta.signature).length,
    );
  });
}
