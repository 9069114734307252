/** The checker itself: it takes a good stream and refuses each way of breaking it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkMessageStream } from './messages-checker.ts';

const usage = { input_tokens: 1, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 2 };
const nothing = { stop_details: null, container: null, diagnostics: null };
const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [],
  stop_reason: null,
  ...nothing,
};

function good(): { type: string; [key: string]: unknown }[] {
  return [
    { type: 'message_start', message: { ...message, stop_sequence: null, usage } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'ping' },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'content_block_start', index: 1, content_block: { type: 'tool_use', id: 'c', name: 'f', input: {} } },
    { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{"a":1}' } },
    { type: 'content_block_stop', index: 1 },
    { type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage },
    { type: 'message_stop' },
  ];
}

function toWire(events: readonly { type: string }[]): string {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
}

test('adds a stream up', () => {
  const { message: merged, types } = checkMessageStream(toWire(good()));
  assert.deepEqual(merged, {
    ...message,
    content: [
      { type: 'text', text: 'Hi' },
      { type: 'tool_use', id: 'c', name: 'f', input: { a: 1 } },
    ],
    stop_reason: 'tool_use',
    stop_sequence: null,
    usage,
  });
  assert.ok(!types.includes('ping'));
});

const faults: Record<string, (events: ReturnType<typeof good>) => unknown> = {
  'no start': (events) => events.shift(),
  'no stop': (events) => events.pop(),
  'no message_delta': (events) => events.splice(-2, 1),
  'an open block at the end': (events) => events.splice(7, 1),
  'overlapping blocks': (events) => events.splice(4, 1),
  'a gap in the indexes': (events) => {
    for (const event of events.slice(5, 8)) event.index = 2;
  },
  'a delta of another kind of block': (events) => {
    events[6]!.delta = { type: 'text_delta', text: 'x' };
  },
  'an empty text': (events) => events.splice(3, 1),
  'a reason that nothing is there for': (events) => events.splice(5, 3),
  'something behind the end': (events) => events.push({ type: 'content_block_stop', index: 1 }),
};
for (const [name, breakIt] of Object.entries(faults)) {
  test(`refuses ${name}`, () => {
    const events = good();
    breakIt(events);
    assert.throws(() => checkMessageStream(toWire(events)), assert.AssertionError);
  });
}

test('refuses an event whose name is not its type', () => {
  assert.throws(() => checkMessageStream(toWire(good()).replace('event: message_stop', 'event: message_end')));
});
