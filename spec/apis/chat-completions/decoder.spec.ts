/** What upstreams of the Chat Completions API send, with all their quirks, as canonical events. */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { type EventsOptions, readEvents } from '../../../lib/answer/read-events.ts';
import { chatUpstream } from '../../../lib/apis/chat-completions/decoder.ts';
import { readServerState, writeServerState } from '../../../lib/apis/chat-completions/server-state.ts';
import { RegularStream } from '../../../lib/canonical/regular-stream.ts';
import type { CanonicalEvent, CanonicalResponse } from '../../../lib/canonical/types.ts';
import { OpenCompatError } from '../../../lib/errors.ts';
import type { UpstreamAnswer } from '../../../lib/providers/provider.ts';
import { answerChat, reasoningCompats, streamChat } from '../../support/chat-answers.ts';
import {
  checkResponseStream,
  collectEvents,
  decodeChat,
  listChatFixtures,
  readChatFixture,
} from '../../support/chat-upstream.ts';
import { expectAnswer } from '../../support/response-events.ts';

const usage = {
  input_tokens: 20,
  input_tokens_details: { cached_tokens: 16 },
  output_tokens: 9,
  output_tokens_details: { reasoning_tokens: 3 },
  total_tokens: 29,
};

interface Summary {
  /** The stop sequence at which the text ended. */
  stopSequence?: string;
  text: string;
  refusal: string;
  reasoning: string[];
  calls: [name: string, input: string, id: string][];
  status: string;
  usage: unknown;
}

/** What an answer says, out of its terminal event. */
function summarize({ output, status, usage: told, stop_sequence }: CanonicalResponse): Summary {
  const summary: Summary = { text: '', refusal: '', reasoning: [], calls: [], status: status ?? '', usage: told };
  for (const item of output) {
    switch (item.type) {
      case 'message':
        for (const part of item.content) {
          if (part.type === 'refusal') summary.refusal += part.refusal;
          else summary.text += part.text;
        }
        break;
      case 'reasoning':
        if (item.content?.length) summary.reasoning.push(item.content.map(({ text }) => text).join(''));
        break;
      case 'function_call':
        summary.calls.push([item.name, item.arguments, item.call_id]);
        break;
      case 'custom_tool_call':
        summary.calls.push([item.name, item.input, item.call_id]);
        break;
    }
  }
  if (stop_sequence !== undefined) summary.stopSequence = stop_sequence;
  return summary;
}

function readSummary(name: string): Summary {
  return summarize(checkResponseStream(decodeChat(readChatFixture(name)).events));
}

const plain: Summary = { text: '', refusal: '', reasoning: [], calls: [], status: 'completed', usage };
const paris = '{"city":"Paris"}';
const weather: Summary['calls'][number] = ['get_weather', paris, 'call_a'];

const answers: Record<string, Partial<Summary>> = {
  annotations: { text: 'See the docs. Or not.' },
  'bare-chunks': { text: 'No id, no date.', usage: null },
  'call-at-index-1': { text: 'Reading it.', calls: [['read_file', '{"path":"a.txt"}', 'toolu_1']], usage: null },
  'call-finish-stop': { calls: [['get_time', '{}', 'call_a']] },
  'call-id-missing': { calls: [['get_weather', paris, 'call_ex1_0']] },
  'call-ids-rotate': { calls: [weather] },
  'call-ids-twice': { calls: [weather, ['get_weather', '{"city":"Rome"}', 'call_ex1_1']] },
  'call-name-in-pieces': { calls: [weather] },
  'call-name-repeated': { calls: [weather] },
  'call-said-again': { calls: [weather] },
  'call-with-object-arguments': { calls: [['get_weather', '{"city":"Paris","days":[1,2]}', 'call_a']] },
  'call-without-arguments': { calls: [['get_time', '{}', 'call_a']] },
  'calls-all-at-index-0': {
    calls: [weather, ['get_weather', '{"city":"Rome"}', 'call_b'], ['get_time', '{}', 'call_c']],
  },
  'calls-in-one-chunk': { calls: [weather, ['get_time', '{"zone":"CET"}', 'call_b']] },
  'calls-mixed': { calls: [weather, ['get_time', '{"zone":"CET"}', 'call_b']] },
  'calls-without-index': { calls: [weather, ['get_time', '{}', 'call_b']] },
  'calls-without-index-and-id': {
    calls: [
      ['get_weather', paris, 'call_ex1_0'],
      ['get_weather', '{"city":"Rome"}', 'call_ex1_1'],
    ],
  },
  'content-filter': { text: 'Not this', status: 'incomplete' },
  'content-parts': { text: 'Seen.', reasoning: ['Let us see.'] },
  'copilot-claude-choices': {
    text: 'I will look.',
    calls: [
      ['get_weather', '{"city":"Oslo"}', 'toolu_1'],
      ['get_weather', '{"city":"Bergen"}', 'toolu_2'],
    ],
  },
  'copilot-first-chunk': { text: 'Hi there' },
  'copilot-reasoning': {
    text: 'Answer.',
    reasoning: ['Thinking.'],
    calls: [['get_weather', '{"city":"Rome"}', 'call_a']],
  },
  'custom-call': { calls: [['apply_patch', '*** Begin Patch\n', 'call_p']] },
  'done-without-finish-reason': { text: 'The end.', usage: null },
  'empty-answer': {},
  'function-call': { calls: [['get_weather', paris, 'call_ex1_0']] },
  images: { text: 'Here:' },
  'images-by-url': { text: '![image](https://example.com/cat.png)' },
  length: { text: 'Cut here', status: 'incomplete' },
  logprobs: { text: 'Log it' },
  'matched-stop': { text: 'One, two, ', stopSequence: 'three' },
  'message-behind-deltas': { text: 'All said.' },
  'message-instead-of-delta': { text: 'Not a delta.' },
  'odd-deltas': { text: 'Fine.' },
  'reasoning-after-text': { text: 'One. Two.', reasoning: ['Wait.'] },
  'reasoning-content': { text: 'Then that.', reasoning: ['First this.'] },
  'reasoning-details': { text: 'Yes.', reasoning: ['Well, yes.'] },
  'reasoning-details-only': { text: 'Done.', reasoning: ['Short thought.'] },
  'reasoning-in-two-fields': { text: 'Then that.', reasoning: ['First this.'] },
  refusal: { refusal: 'I cannot do that.' },
  'service-tier': { text: 'Quick.' },
  'stop-reason': { text: 'One, two, ', stopSequence: 'three' },
  'stop-reason-of-others': { text: 'One, two.', stopSequence: 'end_turn' },
  text: { text: 'Hello wörld, 東京 👩‍👩‍👧!\n' },
  'text-then-call': { text: 'Let me look.', calls: [weather] },
  'think-tags': { text: 'The answer is <think> 4.', reasoning: ['\nHmm, <b></thing> is none. '] },
  'think-tags-cut-off': { reasoning: ['Still at it </thi'], status: 'incomplete' },
  'think-tags-none': { text: '<thinking is hard </think>' },
  'two-calls': { calls: [weather, ['get_time', '{"zone":"CET"}', 'call_b']] },
  'usage-in-choice': { text: 'Moon.' },
  'usage-in-every-chunk': { text: 'Yes.' },
  'usage-in-last-chunk': { text: 'Yes.' },
  'usage-of-groq': { text: 'Fast.' },
  'usage-that-is-none': { text: 'Odd.', usage: null },
  'without-done': { text: 'The end.' },
  'wrapped-custom-call': {
    calls: [
      ['apply_patch', '{ "input": "a \\"b\\" \\u00e9\\nc"}', 'call_p'],
      ['apply_patch', 'no json at all', 'call_q'],
    ],
  },
};

/** How a stream fails: the error's code, and the words that it must tell. */
const failures: Record<string, [code: string, words: RegExp]> = {
  cut: ['OC_UPSTREAM_STREAM_CLOSED', /./],
  'error-finish-reason': ['OC_UPSTREAM_ERROR', /stopped: error/],
  'error-mid-stream': ['OC_UPSTREAM_RATE_LIMITED', /Rate limited upstream/],
  'error-object': ['OC_UPSTREAM_BAD_REQUEST', /context is too long/],
};

test('every fixture has its outcome', () => {
  assert.deepEqual([...Object.keys(answers), ...Object.keys(failures)].sort(), listChatFixtures().sort());
});

for (const [name, expected] of Object.entries(answers)) {
  test(`${name}: becomes a proper stream with all that it says`, () => {
    assert.deepEqual(readSummary(name), { ...plain, ...expected });
  });

  test(`${name}: gives Chat clients the same, streamed and whole, in every form of reasoning`, () => {
    const { events } = decodeChat(readChatFixture(name));
    const options = { body: { stream: true, stream_options: { include_usage: true } } };
    for (const reasoningCompat of reasoningCompats) {
      const streamed = streamChat(events, { ...options, reasoningCompat });
      const whole = answerChat(events, { reasoningCompat });
      assert.deepEqual(streamed.choices, whole.choices);
      assert.deepEqual(streamed.usage, whole.usage);
    }
    const { message } = answerChat(events).choices[0]!;
    const told = expectAnswer(events);
    assert.equal(message.content ?? '', told.text);
    assert.equal(message.refusal ?? '', told.refusal);
    assert.equal(message.reasoning_content ?? '', told.reasoning.join('\n\n'));
  });
}

function answerOf(parts: readonly (Buffer | string)[]): UpstreamAnswer {
  const bytes = Readable.from(parts.map((part) => Buffer.from(part)));
  return Object.assign(bytes, { statusCode: 200, headers: {} }) as UpstreamAnswer;
}

async function read(parts: readonly (Buffer | string)[], options: Partial<EventsOptions> = {}) {
  const events: CanonicalEvent[] = [];
  await readEvents(answerOf(parts), 0, {
    sink: { accept: (event) => events.push(event), flush: () => true, drained: async () => {} },
    transforms: [],
    onVendorEvent: () => {},
    onFirstEvent: () => {},
    onComplete: () => {},
    api: chatUpstream,
    facts: { id: 'ex1', createdS: 1_800_000_000, model: 'some-model' },
    maxAnswerBytes: 1_000_000,
    maxStreamBytes: 1_000_000,
    providerTitle: 'Upstream',
    idleTimeoutMs: 10_000,
    maxEventBytes: 1_000_000,
    maxEventLines: 10_000,
    signal: new AbortController().signal,
    ...options,
  });
  return events;
}

async function failureOf(promise: Promise<unknown>): Promise<OpenCompatError | undefined> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof OpenCompatError, String(error));
    return error;
  }
  return undefined;
}

for (const [name, [code, words]] of Object.entries(failures)) {
  test(`${name}: fails as what it is`, async () => {
    const error = await failureOf(read([readChatFixture(name)]));
    assert.equal(error?.code, code);
    assert.match(error!.message, words);
  });
}

for (const name of listChatFixtures()) {
  test(`${name}: comes out the same wherever its bytes are split`, async () => {
    for (const lineEnd of ['\n', '\r\n']) {
      const whole = Buffer.from(readChatFixture(name).replaceAll('\n', lineEnd));
      const ofParts = async (parts: Buffer[]) => {
        const events: CanonicalEvent[] = [];
        const sink = {
          accept: (event: CanonicalEvent) => events.push(event),
          flush: () => true,
          drained: async () => {},
        };
        const error = await failureOf(read(parts, { sink }));
        return JSON.stringify([error?.code, events]);
      };
      const expected = await ofParts([whole]);
      for (let at = 1; at < whole.length; at += 7) {
        assert.equal(await ofParts([whole.subarray(0, at), whole.subarray(at)]), expected, `split at ${at}`);
      }
      const bytes = [...whole].map((byte) => Buffer.from([byte]));
      assert.equal(await ofParts(bytes), expected, 'byte by byte');
    }
  });
}

test('a stream that ends before its finish_reason is cut, wherever that is', async () => {
  const whole = readChatFixture('text-then-call');
  const events = whole.split(/(?<=\n\n)/);
  const finish = events.findIndex((event) => event.includes('"finish_reason":"'));
  for (let count = 0; count < finish; count += 1) {
    const error = await failureOf(read([events.slice(0, count).join('')]));
    assert.equal(error?.code, 'OC_UPSTREAM_STREAM_CLOSED', `after ${count} events`);
  }
  assert.equal(await failureOf(read([events.slice(0, finish + 1).join('')])), undefined);
});

test('ids are of our own making, and stay the same', () => {
  const { events } = decodeChat(readChatFixture('copilot-reasoning'));
  const response = checkResponseStream(events);
  assert.equal(response.id, 'resp_ex1');
  assert.equal(response.model, 'some-model');
  assert.equal(response.created_at, 1_800_000_000);
  assert.deepEqual(
    response.output.map(({ id }) => id),
    ['rs_ex1_0', 'msg_ex1_1', 'fc_ex1_2'],
  );
});

test('what only the upstream can read of its reasoning is kept for it', () => {
  const opaque = checkResponseStream(decodeChat(readChatFixture('copilot-reasoning')).events).output[0]!;
  assert.ok(opaque.type === 'reasoning');
  assert.equal(opaque.encrypted_content, writeServerState({ opaque: 'b3BhcXVl' }, undefined));
  for (const name of ['reasoning-details', 'reasoning-details-only']) {
    const items = checkResponseStream(decodeChat(readChatFixture(name)).events).output;
    assert.deepEqual(
      items.map(({ type }) => type),
      ['reasoning', 'message'],
    );
    assert.ok(items[0]!.type === 'reasoning');
    const { details } = readServerState(items[0].encrypted_content, undefined) ?? {};
    assert.match(JSON.stringify(details), /c2lnbmF0dXJl|ZW5j/);
  }
});

test('calls are closed when the next one begins, unless more of them may come', () => {
  const types = (name: string) =>
    decodeChat(readChatFixture(name))
      .events.filter(({ type }) => type.startsWith('response.output_item'))
      .map((event) => `${event.type.split('.').at(-1)} ${(event as { output_index: number }).output_index}`);
  assert.deepEqual(types('two-calls'), ['added 0', 'done 0', 'added 1', 'done 1']);
  assert.deepEqual(types('calls-mixed'), ['added 0', 'added 1', 'done 0', 'done 1']);
});

test('an answer that is cut short says why', () => {
  const reasonOf = (name: string) =>
    checkResponseStream(decodeChat(readChatFixture(name)).events).incomplete_details?.reason;
  assert.equal(reasonOf('length'), 'max_output_tokens');
  assert.equal(reasonOf('content-filter'), 'content_filter');
  assert.equal(reasonOf('text'), undefined);
});

test('citations count from their own part of the text', () => {
  const { events } = decodeChat(readChatFixture('annotations'));
  const [, { message }] = [0, answerChat(events).choices[0]!];
  assert.deepEqual(message.annotations, [
    {
      type: 'url_citation',
      url_citation: { start_index: 8, end_index: 12, url: 'https://example.com/docs', title: 'Docs' },
    },
    {
      type: 'url_citation',
      url_citation: { start_index: 14, end_index: 20, url: 'https://example.com/other', title: 'Other' },
    },
  ]);
});

test('images are items with their data', () => {
  const image = checkResponseStream(decodeChat(readChatFixture('images')).events).output[1]!;
  assert.ok(image.type === 'image_generation_call');
  assert.equal(image.result, 'UklGRg==');
  const { message } = answerChat(decodeChat(readChatFixture('images')).events).choices[0]!;
  assert.deepEqual(message.images, [{ type: 'image_url', image_url: { url: 'data:image/webp;base64,UklGRg==' } }]);
});

test('log probabilities reach Chat clients as they were told', () => {
  const { events } = decodeChat(readChatFixture('logprobs'));
  const { logprobs } = answerChat(events).choices[0]!;
  assert.deepEqual(logprobs!.content[1], {
    token: ' it',
    logprob: -1.5,
    bytes: [32, 105, 116],
    top_logprobs: [
      { token: ' it', logprob: -1.5, bytes: [32, 105, 116] },
      { token: 'x', logprob: -9.5, bytes: null },
    ],
  });
  assert.equal(logprobs!.content.length, 2);
});

test('the tier is told, and what a provider may want to know', () => {
  assert.equal(checkResponseStream(decodeChat(readChatFixture('service-tier')).events).service_tier, 'priority');
  const { vendor } = decodeChat(readChatFixture('copilot-first-chunk'));
  assert.deepEqual(
    vendor.map(({ type }) => type),
    ['copilot_references', 'copilot_quota_snapshots'],
  );
});

const completion = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: 'Sure.',
        reasoning_content: 'Hm.',
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } },
          { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } },
        ],
      },
      finish_reason: 'stop',
    },
    {
      index: 0,
      message: {
        role: 'assistant',
        tool_calls: [{ id: 'b', type: 'function', function: { name: 'g', arguments: {} } }],
      },
      finish_reason: 'tool_calls',
    },
  ],
  usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
};

test('an answer that comes whole, as JSON, is taken as well, however it is split', async () => {
  const text = Buffer.from(JSON.stringify(completion));
  for (const bytes of [1, 7, 10_000]) {
    const parts = Array.from({ length: Math.ceil(text.length / bytes) }, (_, index) =>
      text.subarray(index * bytes, (index + 1) * bytes),
    );
    assert.deepEqual(summarize(checkResponseStream(await read(parts))), {
      ...plain,
      text: 'Sure.',
      reasoning: ['Hm.'],
      calls: [
        ['f', '{}', 'a'],
        ['f', '{}', 'call_ex1_1'],
        ['g', '{}', 'b'],
      ],
      usage: {
        input_tokens: 1,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens: 2,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: 3,
      },
    });
  }
});

test('JSON that is no answer is an error', async () => {
  const codeOf = async (body: unknown) => (await failureOf(read([JSON.stringify(body)])))?.code;
  assert.equal(await codeOf({ choices: [] }), 'OC_UPSTREAM_INVALID');
  assert.equal(await codeOf({ detail: 'Not Found' }), 'OC_UPSTREAM_INVALID');
  assert.equal(await codeOf({ choices: [3] }), 'OC_UPSTREAM_INVALID');
  assert.equal(await codeOf({ error: { message: 'No', code: 'rate_limit_exceeded' } }), 'OC_UPSTREAM_RATE_LIMITED');
  assert.equal(await codeOf({ object: 'error', message: 'No', code: 429 }), 'OC_UPSTREAM_RATE_LIMITED');
});

const chunkOf = (delta: unknown) => JSON.stringify({ choices: [{ index: 0, delta }] });
const misshapen: Record<string, string> = {
  'no JSON': '{"choices":',
  'a list': '[]',
  'choices that are none': '{"choices":"x"}',
  'a choice that is none': '{"choices":[null]}',
  'a delta that is none': chunkOf('x'),
  'content that is a number': chunkOf({ content: 5 }),
  'content with a part that is none': chunkOf({ content: ['x'] }),
  'a refusal that is an object': chunkOf({ refusal: {} }),
  'calls that are no list': chunkOf({ tool_calls: {} }),
  'a call that is none': chunkOf({ tool_calls: ['f'] }),
  'a call with a number for arguments': chunkOf({ tool_calls: [{ function: { name: 'f', arguments: 5 } }] }),
  'a call that is never named': chunkOf({ tool_calls: [{ index: 0, function: { arguments: '{}' } }] }),
  'a finish_reason that is an object': JSON.stringify({ choices: [{ delta: {}, finish_reason: {} }] }),
};
for (const [name, data] of Object.entries(misshapen)) {
  test(`what cannot be understood is said to be so: ${name}`, async () => {
    assert.equal((await failureOf(read([`data: ${data}\n\ndata: [DONE]\n\n`])))?.code, 'OC_UPSTREAM_INVALID');
  });
}

test('whatever a chunk holds, it gives an answer or an error of the table, and numbers stay numbers', async () => {
  const value = fc.jsonValue({ maxDepth: 3 });
  const maybe = (arbitrary: fc.Arbitrary<unknown>) =>
    fc.option(fc.oneof({ weight: 3, arbitrary }, value), { nil: undefined });
  const text = fc.constantFrom('', 'a', '<think>', '</think>', ' b', '{}', '{"a":1}', '\n');
  const call = fc.record({
    index: maybe(fc.nat(2)),
    id: maybe(fc.constantFrom('', 'call_1', 'call_2')),
    type: maybe(fc.constantFrom('function', 'custom')),
    function: maybe(fc.record({ name: maybe(fc.constantFrom('', 'f', 'g')), arguments: maybe(text) })),
    custom: maybe(fc.record({ name: maybe(fc.constant('c')), input: maybe(text) })),
  });
  const delta = fc.record({
    content: maybe(text),
    refusal: maybe(text),
    reasoning_content: maybe(text),
    reasoning_details: maybe(fc.array(fc.record({ type: maybe(text), text: maybe(text), data: maybe(text) }))),
    reasoning_opaque: maybe(text),
    annotations: maybe(fc.array(value, { maxLength: 2 })),
    images: maybe(fc.array(value, { maxLength: 2 })),
    tool_calls: maybe(fc.array(call, { maxLength: 2 })),
    function_call: maybe(fc.record({ name: maybe(text), arguments: maybe(text) })),
  });
  const choice = fc.record({
    delta: maybe(delta),
    message: maybe(delta),
    finish_reason: maybe(fc.constantFrom('stop', 'length', 'tool_calls', 'constructor')),
    logprobs: maybe(fc.record({ content: maybe(fc.array(fc.record({ token: maybe(text), logprob: value }))) })),
    usage: maybe(fc.record({ prompt_tokens: value })),
  });
  const chunk = fc.record({
    choices: maybe(fc.array(choice, { maxLength: 2 })),
    usage: maybe(fc.record({ prompt_tokens: maybe(fc.double()), completion_tokens: value, total_tokens: value })),
    service_tier: maybe(text),
  });
  const absent = (key: string, entry: unknown) => (key !== '' && entry === undefined ? undefined : entry);
  await fc.assert(
    fc.asyncProperty(fc.array(chunk, { maxLength: 6 }), async (chunks) => {
      const wire = chunks.map((entry) => `data: ${JSON.stringify(entry, absent)}\n\n`).join('');
      let response: CanonicalResponse | undefined;
      const error = await failureOf(
        read([`${wire}data: ${JSON.stringify({ choices: [{ finish_reason: 'stop' }] })}\n\ndata: [DONE]\n\n`], {
          onComplete: (complete) => {
            response = complete;
          },
        }).then((events) => checkResponseStream(events)),
      );
      if (error) return;
      for (const [name, count] of Object.entries(response!.usage ?? {})) {
        if (typeof count === 'number') assert.ok(Number.isFinite(count) && count >= 0, name);
      }
    }),
    { numRuns: 400 },
  );
});

test('reasoning in tags comes out of its text however that is cut', () => {
  const pieces = fc.array(fc.constantFrom('<think>', '</think>', '<', 'think>', '/', '>', 'a', ' ', '\n', '<b>'), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(pieces, fc.array(fc.nat(60), { maxLength: 6 }), (parts, cuts) => {
      const content = parts.join('');
      const say = (texts: readonly string[]) => {
        const { events } = collectEvents((decoder) => {
          for (const text of texts) decoder.decode(chunkOf({ content: text }));
          decoder.decode(JSON.stringify({ choices: [{ finish_reason: 'stop' }] }));
          decoder.end();
        });
        const { text, reasoning } = summarize(checkResponseStream(events));
        return { text, reasoning: reasoning.join('') };
      };
      const places = [0, ...cuts.map((cut) => Math.min(cut, content.length)).sort((a, b) => a - b), content.length];
      const cutUp = places.slice(1).map((end, index) => content.slice(places[index], end));
      const told = say(cutUp);
      assert.deepEqual(told, say([content]));
      const [, inside, behind] = /^\s*<think>(.*?)(?:<\/think>[\r\n]*(.*))?$/s.exec(content) ?? [];
      if (inside === undefined) assert.deepEqual(told, { text: content, reasoning: '' });
      else assert.deepEqual(told, { text: behind ?? '', reasoning: inside });
    }),
    { numRuns: 500 },
  );
});

test('an upstream that does not end, in whatever way, is stopped', () => {
  const endless: Record<string, (index: number) => object> = {
    text: () => ({ content: 'x'.repeat(1_000_000) }),
    parts: (index) => (index % 2 ? { content: 'x' } : { refusal: 'x' }),
    items: (index) => (index % 2 ? { content: 'x' } : { reasoning_content: 'x' }),
    calls: (index) => ({ tool_calls: [{ index, function: { name: 'f', arguments: '{}' } }] }),
    'a name': (index) => ({ tool_calls: [{ index: 0, function: { name: `n${index}` } }] }),
    details: (index) => ({ reasoning_details: [{ type: 'reasoning.encrypted', index, data: 'x' }] }),
    annotations: () => ({ annotations: [{ type: 'url_citation', url: 'x'.repeat(1_000_000) }] }),
    images: () => ({ images: [{ image_url: { url: `data:image/png;base64,${'A'.repeat(1_000_000)}` } }] }),
  };
  for (const [name, deltaOf] of Object.entries(endless)) {
    const stream = new RegularStream({ id: 'ex1', maxCharacters: 20_000_000 }, () => {});
    const decoder = chatUpstream.createDecoder({
      ...{ id: 'ex1', createdS: 1, model: 'm' },
      onEvent: (event) => stream.take(event),
      onVendorEvent: () => {},
    });
    assert.throws(
      () => {
        for (let index = 0; index < 100_000; index += 1) decoder.decode(chunkOf(deltaOf(index)));
      },
      (error) => error instanceof SyntaxError || error instanceof OpenCompatError,
      name,
    );
  }
});

test('white space before reasoning stays before the text', () => {
  const { events } = collectEvents((decoder) => {
    for (const delta of [{ content: '\n' }, { reasoning_content: 'Hm.' }, { content: 'So.' }])
      decoder.decode(chunkOf(delta));
    decoder.decode('[DONE]');
  });
  const { text, reasoning } = summarize(checkResponseStream(events));
  assert.deepEqual([text, reasoning], ['\nSo.', ['Hm.']]);
});

test('the usage of an answer that is passed on is read from its last chunk, or from the whole of it', () => {
  const { readUsage } = chatUpstream;
  assert.equal(readUsage!({ usage: { prompt_tokens: 1, completion_tokens: 2 } })?.total_tokens, 3);
  assert.equal(
    readUsage!({ x_groq: { usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 5 } } })?.total_tokens,
    5,
  );
  assert.equal(readUsage!({ usage: null }), undefined);
  assert.equal(readUsage!({ usage: { prompt_tokens: 'x' } }), undefined);
});
