/**
 * What the attacker does: sends lists of 150,000 parts or blocks, more than one call of a function takes arguments.
 * What must hold: no answer is a 500.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { post } from '../support/box-harness.ts';
import { createHarness } from '../support/harness.ts';

const count = 150_000;
const many = <T>(item: T): T[] => Array.from({ length: count }, () => item);
const text = { type: 'text', text: 'x' };

const bodies: Record<string, [path: string, body: object]> = {
  'parts of a message': ['/v1/chat/completions', { messages: [{ role: 'user', content: many(text) }] }],
  'blocks of a turn': ['/v1/messages', { max_tokens: 1, messages: [{ role: 'user', content: many(text) }] }],
  'blocks of an assistant': [
    '/v1/messages',
    {
      max_tokens: 1,
      messages: [
        { role: 'user', content: 'x' },
        { role: 'assistant', content: many(text) },
      ],
    },
  ],
  'blocks of a system prompt': [
    '/v1/messages',
    { max_tokens: 1, system: many(text), messages: [{ role: 'user', content: 'x' }] },
  ],
  'parts of an item': [
    '/v1/responses',
    { input: [{ role: 'user', content: many({ type: 'input_text', text: 'x' }) }] },
  ],
};

for (const [name, [path, body]] of Object.entries(bodies)) {
  test(name, async (t) => {
    const h = await createHarness(t, {
      isSignedIn: false,
      copilot: true,
      config: { maxBodyBytes: 32 * 1024 * 1024 },
    });
    const answer = await post(h, path, { model: 'copilot/claude-sonnet-4.5', stream: false, ...body });
    const told = await answer.text();
    assert.ok(answer.status !== 500, told.slice(0, 300));
  });
}
