import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkChatStream } from './chat-chunk-checker.ts';

function chunk(delta: object, finish_reason: string | null = null, fields: object = {}): string {
  const choices = [{ index: 0, delta, logprobs: null, finish_reason }];
  const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', system_fingerprint: null };
  return `data: ${JSON.stringify({ ...head, choices, ...fields })}\n\n`;
}

const role = chunk({ role: 'assistant', content: '' });
const hi = chunk({ content: 'hi' });
const stop = chunk({}, 'stop');
const done = 'data: [DONE]\n\n';
const call = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '' } };

test('passes and adds up a right stream', () => {
  const { choices } = checkChatStream(role + hi + hi + stop + done);
  assert.deepEqual(choices[0]!.message, { role: 'assistant', content: 'hihi', refusal: null, annotations: [] });
});

const wrong: Record<string, string> = {
  'no [DONE]': role + hi + stop,
  'an unterminated block': (role + hi + stop + done).trimEnd(),
  'something behind [DONE]': role + stop + done + hi,
  'a block that is not JSON': `${role}data: {oops}\n\n${stop}${done}`,
  'no role': hi + stop + done,
  'two roles': role + role + stop + done,
  'no finish_reason': role + hi + done,
  'two finish_reasons': role + stop + stop + done,
  'an unknown finish_reason': role + chunk({}, 'error') + done,
  'a delta behind the finish_reason': role + stop + hi + done,
  'an empty delta': role + chunk({}) + stop + done,
  'empty content': role + chunk({ content: '' }) + stop + done,
  'an unknown key of a delta': role + chunk({ thoughts: 'x' }) + stop + done,
  'an unknown key of a chunk': role + chunk({ content: 'x' }, null, { extra: 1 }) + stop + done,
  'another id': role + chunk({ content: 'x' }, null, { id: 'chatcmpl-2' }) + stop + done,
  'usage that nobody asked for': role + chunk({ content: 'x' }, null, { usage: null }) + stop + done,
  'a gap in the tool calls': role + chunk({ tool_calls: [{ index: 1, ...call }] }) + chunk({}, 'tool_calls') + done,
  'a tool call with an item id':
    role + chunk({ tool_calls: [{ index: 0, ...call, id: 'fc_1' }] }) + chunk({}, 'tool_calls') + done,
  'a tool call whose name comes twice':
    role +
    chunk({ tool_calls: [{ index: 0, ...call }] }) +
    chunk({ tool_calls: [{ index: 0, ...call }] }) +
    chunk({}, 'tool_calls') +
    done,
  'tool_calls without a call': role + chunk({}, 'tool_calls') + done,
  'a stop behind a call': role + chunk({ tool_calls: [{ index: 0, ...call }] }) + stop + done,
};

for (const [title, wire] of Object.entries(wrong)) {
  test(`refuses ${title}`, () => {
    assert.throws(() => checkChatStream(wire));
  });
}

test('refuses a missing choice, and usage that is missing from a chunk', () => {
  assert.throws(() => checkChatStream(role + stop + done, { choices: 2 }));
  assert.throws(() => checkChatStream(role + stop + done, { hasUsage: true }));
});
