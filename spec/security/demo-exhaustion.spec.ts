/**
 * What the attacker does: asks the demo, which needs no account, for JSON by a schema that is short and yet asks for very
 * much: a billion items, references in references, a pattern that backtracks for ever, a large constant in many places; or
 * offers it more tools than it can think about.
 * What must hold: it answers at once, with as much as is reasonable.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replyTo } from '../../lib/providers/demo/reply.ts';
import { sampleOf } from '../../lib/providers/demo/sample.ts';
import { createHarness } from '../support/index.ts';

/** Of process time; what is answered at all takes a hundredth of it. */
const limitMs = 3000;
const maxAnswerCharacters = 20_000_000;

function assertCheap(work: () => unknown): void {
  const before = process.cpuUsage();
  const size = JSON.stringify(work())?.length ?? 0;
  const { user, system } = process.cpuUsage(before);
  assert.ok((user + system) / 1000 < limitMs, `${(user + system) / 1000} ms`);
  assert.ok(size < maxAnswerCharacters, `${size} characters`);
}

const self = { $ref: '#' };
const alphabet = [...'abcdefghijklmnopqrstuvwxyz'];
const schemas: Record<string, object> = {
  'a billion items': { type: 'array', minItems: 1e9, items: { type: 'integer' } },
  'a billion different items': { type: 'array', minItems: 1e9, uniqueItems: true, items: { type: 'string' } },
  'a billion properties': { type: 'object', minProperties: 1e9 },
  'a billion characters': { type: 'string', minLength: 1e9 },
  'many long strings': { type: 'array', minItems: 1e6, items: { type: 'string', minLength: 60_000 } },
  'itself, twice': { type: 'object', required: ['a', 'b'], properties: { a: self, b: self } },
  'itself, 26 times': { type: 'object', properties: Object.fromEntries(alphabet.map((name) => [name, self])) },
  'all of itself, twice': { allOf: [self, self] },
  'a list of lists of lists': [1, 2, 3, 4, 5].reduce<object>((items) => ({ type: 'array', minItems: 1000, items }), {}),
  'a large constant in many places': { type: 'array', minItems: 1e6, items: { const: 'x'.repeat(1_000_000) } },
  'a pattern that backtracks': {
    type: 'array',
    minItems: 10_000,
    items: { type: 'string', pattern: '^(a+)+$' },
  },
};

for (const [name, schema] of Object.entries(schemas)) {
  test(`a schema that asks for ${name}`, () => {
    assertCheap(() => sampleOf(schema, { message: '', words: [`${'a'.repeat(60)}!`], numbers: [] }));
  });
}

test('very many tools, and a very long message', () => {
  const tools = Array.from({ length: 50_000 }, (_, index) => ({ type: 'function', name: `tool_${index}` }));
  const content = 'call every tool '.repeat(300_000);
  const input = [{ type: 'message', role: 'user', content }];
  assertCheap(() => replyTo({ model: 'demo', stream: true, input, tools } as never, 'none'));
});

test('over HTTP the answer is JSON all the same', async (t) => {
  const h = await createHarness(t, { isSignedIn: false });
  const schema = { type: 'object', properties: { list: schemas['a billion items'], self: schemas['itself, twice'] } };
  const answer = await h.client.chat.completions.create({
    model: 'demo',
    messages: [{ role: 'user', content: 'Go' }],
    max_tokens: 100,
    response_format: { type: 'json_schema', json_schema: { name: 'much', schema } },
  });
  assert.match(answer.choices[0]?.message.content ?? '', /^\{"list":\[1,/);
});
