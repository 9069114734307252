import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { OpenAI } from 'openai';
import { hashClientKey } from '../../lib/usage/client-keys.ts';
import { createHarness, type Harness, scriptAnswer } from '../support/index.ts';

type Input = OpenAI.Responses.ResponseCreateParams['input'];

const ask = (h: Harness, input: Input, fields: Partial<OpenAI.Responses.ResponseCreateParamsNonStreaming> = {}) =>
  h.client.responses.create({ model: 'gpt-5.5', input, ...fields });

/** What the backend got, in short. */
function sentTo(h: Harness): string[] {
  return h.upstream.last.body.input.map((item: Record<string, unknown>) => {
    const [part] = (item.content ?? []) as { text: string }[];
    return part ? `${item.role}: ${part.text}` : `${item.type}: ${item.name ?? item.output ?? item.encrypted_content}`;
  });
}

const add = { type: 'function' as const, name: 'add', parameters: { type: 'object', properties: {} }, strict: false };

test('a conversation goes on from an answer, all of it, the oldest first', async (t) => {
  const h = await createHarness(t);
  h.upstream.reply(scriptAnswer('One.', { id: 'a' })).reply(scriptAnswer('Two.', { id: 'b' }));
  const first = await ask(h, 'Say one', { instructions: 'Count.', tools: [add] });
  const second = await ask(h, 'Say two', { previous_response_id: first.id });
  await ask(h, 'Say three', { previous_response_id: second.id });
  assert.deepEqual(sentTo(h), [
    'user: Say one',
    'assistant: One.',
    'user: Say two',
    'assistant: Two.',
    'user: Say three',
  ]);
  assert.equal(second.previous_response_id, first.id);
  const { instructions, tools } = h.upstream.last.body;
  assert.doesNotMatch(instructions, /Count/, 'instructions are not inherited');
  assert.equal(tools, undefined, 'nor are tools');
});

test('a tool’s output is enough: its call, and the reasoning before it, come from what is kept', async (t) => {
  const h = await createHarness(t);
  h.upstream.reply(
    scriptAnswer([{ reasoning: ['Hm.'] }, { call: 'add', arguments: {}, callId: 'call_1' }], { id: 'a' }),
  );
  const { id } = await ask(h, 'Add', { tools: [add] });
  const output = { type: 'function_call_output' as const, call_id: 'call_1', output: '3' };
  const answer = await ask(h, [output], { tools: [add], previous_response_id: id });
  assert.match(answer.output_text, /3/);
  assert.deepEqual(sentTo(h), ['user: Add', 'reasoning: gAAAAAa0', 'function_call: add', 'function_call_output: 3']);
});

test('items named by their id are put in; reasoning that lost its encrypted form gets it back', async (t) => {
  const h = await createHarness(t);
  h.upstream.reply(scriptAnswer([{ reasoning: ['Hm.'] }, { text: 'One.' }], { id: 'a' }));
  const { output } = await ask(h, 'Say one');
  await ask(h, [
    { type: 'message', role: 'user', content: 'Say one' },
    { type: 'reasoning', id: output[0]!.id!, summary: [] },
    { type: 'item_reference', id: output[1]!.id! },
    { type: 'reasoning', id: 'rs_unknown', summary: [] },
    { type: 'message', role: 'user', content: 'Say two' },
  ]);
  assert.deepEqual(sentTo(h), ['user: Say one', 'reasoning: gAAAAAa0', 'assistant: One.', 'user: Say two']);
});

test('what was not to be kept is not, and is said to be so', async (t) => {
  const h = await createHarness(t);
  const answer = await ask(h, 'Hello', { store: false });
  assert.equal((answer as { store?: boolean }).store, false);
  await assert.rejects(h.client.responses.retrieve(answer.id), { status: 404 });
  await assert.rejects(ask(h, 'Again', { previous_response_id: answer.id }), {
    status: 400,
    code: 'previous_response_not_found',
    param: 'previous_response_id',
    message: `400 Previous response with id '${answer.id}' not found.`,
  });
});

test('with `responsesStore: off` nothing is kept', async (t) => {
  const h = await createHarness(t, { config: { responsesStore: 'off' } });
  const answer = await ask(h, 'Hello');
  assert.equal((answer as { store?: boolean }).store, false);
  await assert.rejects(h.client.responses.retrieve(answer.id), { status: 404 });
  await assert.rejects(ask(h, 'Again', { previous_response_id: answer.id }), { status: 400 });
});

test('a deleted answer is gone, also for those that went on from it', async (t) => {
  const h = await createHarness(t);
  const first = await ask(h, 'One');
  const second = await ask(h, 'Two', { previous_response_id: first.id });
  await h.client.responses.delete(first.id);
  await assert.rejects(ask(h, 'Three', { previous_response_id: second.id }), { status: 400 });
  assert.equal((await h.client.responses.retrieve(second.id)).id, second.id);
});

test('one client key does not see what another’s requests have left', async (t) => {
  const toKey = (name: string) => ({ name, hash: `sha256:${hashClientKey(name).toString('hex')}` });
  const h = await createHarness(t, { config: { clientKeys: [toKey('ann'), toKey('bob')] } });
  const as = (apiKey: string) => h.client.withOptions({ apiKey });
  const { id, output } = await as('ann').responses.create({ model: 'gpt-5.5', input: 'A secret' });
  const bob = as('bob');
  await assert.rejects(bob.responses.retrieve(id), { status: 404 });
  await assert.rejects(bob.responses.delete(id), { status: 404 });
  await assert.rejects(bob.responses.inputItems.list(id), { status: 404 });
  await assert.rejects(bob.responses.create({ model: 'gpt-5.5', input: 'x', previous_response_id: id }), {
    status: 400,
  });
  const reference = { type: 'item_reference' as const, id: output.at(-1)!.id! };
  await assert.rejects(bob.responses.create({ model: 'gpt-5.5', input: [reference] }), { status: 400 });
  assert.equal((await as('ann').responses.retrieve(id)).id, id);
});

test('a request id that a client chose names no answer: nobody can take another’s place', async (t) => {
  const h = await createHarness(t);
  const headers = { 'x-request-id': 'chosen' };
  const first = await h.client.responses.create({ model: 'gpt-5.5', input: 'One' }, { headers });
  const second = await h.client.responses.create({ model: 'gpt-5.5', input: 'Two' }, { headers });
  assert.notEqual(first.id, second.id);
  assert.doesNotMatch(first.id, /chosen/);
});

test('answers in files are there after a restart', async (t) => {
  const responsesDir = await mkdtemp(join(tmpdir(), 'opencompat-responses-'));
  const config = { responsesStore: 'file', responsesDir } as const;
  const first = await createHarness(t, { config });
  const { id } = await ask(first, 'Hello');
  await first.close();
  const second = await createHarness(t, { config });
  // Registered last, so that no server still writes there.
  t.after(() => rm(responsesDir, { recursive: true }));
  assert.equal((await second.client.responses.retrieve(id)).id, id);
  await ask(second, 'Again', { previous_response_id: id });
  assert.equal(sentTo(second).length, 4, 'the message, reasoning, an answer, and the new message');
});
