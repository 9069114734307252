import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CanonicalRequest } from '../../../lib/canonical/types.ts';
import { hasImage, readInitiator } from '../../../lib/providers/copilot/initiator.ts';

const of = (...input: object[]): CanonicalRequest => ({ model: 'm', stream: true, input: input as never });

const system = { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Be brief.' }] };
const person = { role: 'user', content: 'Hello' };
const answer = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hi.' }] };
const thought = { type: 'reasoning', summary: [] };
const call = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' };
const output = { type: 'function_call_output', call_id: 'c', output: 'sunny' };
const custom = { type: 'custom_tool_call_output', call_id: 'c', output: 'sunny' };

for (const [name, input, initiator] of [
  ['a person’s first message', [system, person], 'user'],
  ['a person’s message after an answer', [person, answer, person], 'user'],
  ['a person’s message after an answer with tools', [person, call, output, answer, person], 'user'],
  ['instructions behind a person’s message', [person, answer, person, system], 'user'],
  ['two messages of a person', [person, answer, person, person], 'user'],
  ['what a tool said', [person, call, output], 'agent'],
  ['what a custom tool said', [person, custom], 'agent'],
  ['what a client puts beside a tool’s output', [person, thought, call, output, person], 'agent'],
  ['an answer to go on with', [person, answer], 'agent'],
  ['instructions alone', [system], 'user'],
  ['nothing', [], 'user'],
] as const) {
  test(`${name}: ${initiator}`, () => assert.equal(readInitiator(of(...input)), initiator));
}

test('a picture is found in messages and in what tools say', () => {
  const picture = { type: 'input_image', image_url: 'https://example.com/a.png' };
  assert.equal(hasImage(of(person, answer, output)), false);
  assert.equal(hasImage(of({ role: 'user', content: [picture] }, answer)), true);
  assert.equal(hasImage(of(person, call, { ...output, output: [picture] })), true);
});
