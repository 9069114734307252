import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { responsesUpstream } from '../../../lib/apis/responses/decoder.ts';
import type { CanonicalEvent } from '../../../lib/canonical/types.ts';
import { OpenCompatError } from '../../../lib/errors.ts';
import { decodeChat, listChatFixtures, readChatFixture } from '../../support/chat-upstream.ts';
import { answerResponse, openResponseStream, streamResponse } from '../../support/response-answers.ts';
import { type ExpectedAnswer, expectAnswer, listAnswerFixtures, readFixture } from '../../support/response-events.ts';
import {
  accumulateWithSdk,
  checkResponseStream,
  type Json,
  readResponseEvents,
} from '../../support/response-stream-checker.ts';
import { habits, withHabits } from '../../support/upstream-habits.ts';

/** As the decoder gives them: held to their types, vendor events gone. */
function decode(events: readonly object[]): CanonicalEvent[] {
  const decoded: CanonicalEvent[] = [];
  const decoder = responsesUpstream.createDecoder({
    id: 'req7',
    createdS: 1_800_000_000,
    model: 'gpt-5.5',
    onEvent: (event) => decoded.push(event),
    onVendorEvent() {},
  });
  for (const event of events) decoder.decode(JSON.stringify(event));
  return decoded;
}

/** What the answer holds, wherever in it: its texts, calls, citations, pictures. */
function contentOf(events: readonly CanonicalEvent[]): Omit<ExpectedAnswer, 'response'> {
  const { response: _response, ...content } = expectAnswer(events);
  return { ...content, reasoning: content.reasoning.filter(Boolean) };
}

for (const name of listAnswerFixtures()) {
  test(`${name}: the stream holds what the upstream's held, by every client's rules`, () => {
    const events = decode(readFixture(name));
    const { response, events: sent } = checkResponseStream(streamResponse(events));
    assert.deepEqual(contentOf(sent as unknown as CanonicalEvent[]), contentOf(events));
    assert.deepEqual(answerResponse(events), response, 'streamed or not, the answer is the same');
    const { output_text: _text, ...accumulated } = accumulateWithSdk(sent) as unknown as Json;
    assert.deepEqual(accumulated, response, 'the SDK adds it up to the same');
  });
}

/** The events that the upstream decoder makes of a fixture; none where it takes the stream for broken. */
function decodeChatFixture(name: string): CanonicalEvent[] {
  try {
    return decodeChat(readChatFixture(name)).events;
  } catch (error) {
    assert.ok(error instanceof SyntaxError, name);
    return [];
  }
}

const chatAnswers = listChatFixtures()
  .map((name) => [name, decodeChatFixture(name)] as const)
  .filter(([, events]) => /^response\.(completed|incomplete)$/.test(events.at(-1)?.type ?? ''));

test('there are Chat Completions streams to read', () => assert.ok(chatAnswers.length > 20));

for (const [name, events] of chatAnswers) {
  test(`${name}, a Chat Completions stream: nothing of it is lost either`, () => {
    const { response, events: sent } = checkResponseStream(streamResponse(events));
    assert.deepEqual(contentOf(sent as unknown as CanonicalEvent[]), contentOf(events));
    assert.deepEqual(answerResponse(events), response);
    accumulateWithSdk(sent);
  });
}

test('whatever an upstream leaves out, renumbers or renames, the stream keeps the rules and loses nothing', () => {
  const fixtures = listAnswerFixtures().map((name) => [name, decode(readFixture(name))] as const);
  fc.assert(
    fc.property(fc.constantFrom(...fixtures), habits, ([name, events], habit) => {
      const upstream = decode(withHabits(events, habit));
      const { response, events: sent } = checkResponseStream(streamResponse(upstream));
      assert.deepEqual(answerResponse(upstream), response);
      accumulateWithSdk(sent);
      assert.deepEqual(contentOf(sent as unknown as CanonicalEvent[]), contentOf(upstream), name);
    }),
    { numRuns: 400 },
  );
});

/** The terminal event holds the finished items, also where the upstream's is empty. */
function withWholeEnd(events: readonly CanonicalEvent[]): CanonicalEvent[] {
  const finished = events.flatMap((event) => (event.type === 'response.output_item.done' ? [event] : []));
  const output = finished.sort((a, b) => a.output_index - b.output_index).map(({ item }) => item);
  return events.map((event) =>
    event.type === 'response.completed' || event.type === 'response.incomplete'
      ? { ...event, response: { ...event.response, output } }
      : event,
  );
}

test('finished items that come only in the terminal event are streamed, and known again under other ids', () => {
  fc.assert(
    fc.property(fc.constantFrom(...listAnswerFixtures()), fc.boolean(), (name, isRotating) => {
      const whole = withWholeEnd(decode(readFixture(name)));
      const drops = ['response.output_item.done'];
      const upstream = decode(withHabits(whole, { drops, isRotating, gap: 1, isOutputEmpty: false }));
      const { items } = checkResponseStream(streamResponse(upstream));
      const { response } = expectAnswer(whole);
      assert.equal(items.length, response!.output.length, name);
      const secrets = (list: readonly object[]) => list.map((item) => (item as Json).encrypted_content);
      assert.deepEqual(secrets(items), secrets(response!.output), name);
    }),
  );
});

const [created, , ...text] = decode(readFixture('text-hello'));
const deltas = text.filter(({ type }) => type === 'response.output_text.delta');

test('a delta is one event with both of its lines, its place and its number', () => {
  const encoder = openResponseStream();
  for (const event of [created!, ...text.slice(0, text.indexOf(deltas[0]!))]) encoder.encode(event, 0);
  const [event] = readResponseEvents(encoder.encode(deltas[0]!, 0));
  const { item_id, delta } = deltas[0] as Extract<CanonicalEvent, { type: 'response.output_text.delta' }>;
  assert.deepEqual(event, {
    type: 'response.output_text.delta',
    item_id,
    output_index: 0,
    content_index: 0,
    delta,
    logprobs: [],
    sequence_number: 4,
  });
});

test('log probabilities of an upstream that gives them go along', () => {
  const logprobs = [{ token: 'Hello', logprob: -0.1, bytes: [72], top_logprobs: [] }];
  const events = [created!, ...text].map((event) => (event === deltas[0] ? { ...event, logprobs } : event));
  const { items, events: sent } = checkResponseStream(streamResponse(events as CanonicalEvent[]));
  assert.deepEqual(sent.find(({ type }) => type === 'response.output_text.delta')?.logprobs, logprobs);
  assert.deepEqual((items[0]!.content as Json[])[0]!.logprobs, logprobs);
});

test('an event that is newer than this version is passed on with its own fields, at its item’s place', () => {
  const patch = { type: 'apply_patch_call', id: 'apc_1', call_id: 'call_1', status: 'in_progress' };
  const diff = {
    type: 'response.apply_patch_call_operation_diff.delta',
    item_id: 'other',
    output_index: 7,
    delta: '+1',
  };
  const done = { ...patch, status: 'completed', operation: { type: 'create_file', path: 'a', diff: '+1' } };
  const upstream = [
    created,
    { type: 'response.output_item.added', output_index: 7, item: patch, sequence_number: 9 },
    { ...diff, obfuscation: 'xyz', sequence_number: 12 },
    { type: 'response.something.new', sequence_number: 13, note: { a: 1 } },
    { type: 'response.output_item.done', output_index: 7, item: done, sequence_number: 14 },
    text.at(-1),
  ] as CanonicalEvent[];
  const terminal = { ...text.at(-1), response: { output: [], usage: null } } as unknown as CanonicalEvent;
  const { events, items } = checkResponseStream(streamResponse([...upstream.slice(0, -1), terminal]));
  assert.deepEqual(events[3], { ...diff, item_id: 'apc_1', output_index: 0, sequence_number: 3 });
  assert.deepEqual(events[4], { type: 'response.something.new', note: { a: 1 }, sequence_number: 4 });
  assert.deepEqual(items, [done]);
});

test('an event of a call that was never added adds it', () => {
  const searching = {
    type: 'response.web_search_call.searching',
    item_id: 'ws_9',
    output_index: 2,
    sequence_number: 1,
  };
  const done = { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'q' } };
  const upstream = [
    created,
    searching,
    { type: 'response.output_item.done', output_index: 2, item: done, sequence_number: 2 },
    { type: 'response.completed', response: { output: [done], usage: null }, sequence_number: 3 },
  ] as unknown as CanonicalEvent[];
  const { items, events } = checkResponseStream(streamResponse(upstream));
  assert.equal(items.length, 1);
  assert.deepEqual(
    events.map(({ type }) => type),
    [
      ...['response.created', 'response.in_progress', 'response.output_item.added'],
      ...['response.web_search_call.searching', 'response.output_item.done', 'response.completed'],
    ],
  );
});

test('an upstream whose items all have one id, or none, gets ids that tell them apart', () => {
  const item = (id: unknown) => ({
    type: 'message',
    role: 'assistant',
    id,
    content: [{ type: 'output_text', text: 'x' }],
  });
  const upstream = ['same', 'same', '', undefined, 7].map((id, output_index) => ({
    type: 'response.output_item.done',
    output_index,
    item: item(id),
    sequence_number: output_index,
  }));
  const terminal = { type: 'response.completed', response: { output: [], usage: null }, sequence_number: 9 };
  const { items } = checkResponseStream(streamResponse(decode([...upstream, terminal])));
  assert.equal(items.length, 5);
});

test('calls without a name are held back until they have one', () => {
  const nameless = { type: 'function_call', id: 'fc_1', arguments: '' };
  const upstream = decode([
    { type: 'response.output_item.added', output_index: 0, item: nameless },
    { type: 'response.function_call_arguments.delta', output_index: 0, item_id: 'fc_1', delta: '{"a"' },
    { type: 'response.output_item.done', output_index: 0, item: { ...nameless, name: 'f', arguments: '{"a":1}' } },
    { type: 'response.completed', response: { output: [], usage: null } },
  ]);
  const { items } = checkResponseStream(streamResponse(upstream));
  assert.deepEqual([items[0]!.name, items[0]!.arguments], ['f', '{"a":1}']);
  assert.match(String(items[0]!.call_id), /^call_./);
});

test('an answer cut short closes what is open', () => {
  const upstream = [created!, ...text.slice(0, text.indexOf(deltas.at(-1)!))];
  const terminal = {
    type: 'response.incomplete',
    response: { output: [], usage: null, incomplete_details: { reason: 'max_output_tokens' } },
    sequence_number: 99,
  } as unknown as CanonicalEvent;
  const { response, items } = checkResponseStream(streamResponse([...upstream, terminal]));
  assert.deepEqual(response.incomplete_details, { reason: 'max_output_tokens' });
  assert.equal(items[0]!.status, 'incomplete');
});

const failure = new OpenCompatError('OC_CONTEXT_LENGTH', { reason: 'Too long.' }).public;

test('a failure in a stream that has begun is a whole response that failed', () => {
  const encoder = openResponseStream({ metadata: { a: 'b' } });
  const begun = [created!, ...text.slice(0, -1)].map((event) => encoder.encode(event, 0)).join('');
  const { response, events } = checkResponseStream(begun + encoder.fail(failure));
  assert.equal(response.status, 'failed');
  assert.deepEqual(response.error, { code: 'context_length_exceeded', message: 'Too long.' });
  assert.deepEqual(response.metadata, { a: 'b' });
  assert.equal((accumulateWithSdk(events) as { status?: string }).status, 'failed');
  assert.equal(encoder.encode(text.at(-1)!, 0), '', 'nothing follows it');
});

test('a failure before anything was sent of the answer is a response that fails; behind what others sent, an error', () => {
  const { response } = checkResponseStream(openResponseStream().fail(failure));
  assert.deepEqual([response.status, response.output], ['failed', []]);
  assert.deepEqual(response.error, { code: 'context_length_exceeded', message: 'Too long.' });

  const [event] = readResponseEvents(openResponseStream().fail(failure, true));
  assert.deepEqual(event, {
    type: 'error',
    code: 'context_length_exceeded',
    message: 'Too long.',
    param: null,
    sequence_number: 0,
  });
});

for (const logprobs of [[null], { length: 1 }, { length: 0 }, 'x', null]) {
  test(`log probabilities that are none are left out wherever they come: ${JSON.stringify(logprobs)}`, () => {
    const place = { item_id: 'msg_0', output_index: 0, content_index: 0 };
    const part = { type: 'output_text', text: 'Hi.', annotations: [], logprobs };
    const output = [{ type: 'message', id: 'msg_0', role: 'assistant', content: [part] }];
    const delta = { type: 'response.output_text.delta', ...place, delta: 'Hi.', logprobs };
    const done = { type: 'response.output_text.done', ...place, text: 'Hi.', logprobs };
    const end = { type: 'response.completed', response: { id: 'resp_1', output } };
    for (const events of [
      [delta, end],
      [done, end],
      [{ type: 'response.content_part.done', ...place, part }, end],
      [end],
    ]) {
      const { output: answered } = answerResponse(decode(events));
      const [{ content }] = answered as [{ content: object[] }];
      assert.deepEqual(content, [{ ...part, logprobs: [] }]);
    }
  });
}
