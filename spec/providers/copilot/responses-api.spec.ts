/** Copilot for clients of the Responses API, who join events by ids and hand reasoning back. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { ResponseInputItem, ResponseStreamEvent } from 'openai/resources/responses/responses';
import { fakeChatText } from '../../support/fake-openai-server.ts';
import { createHarness } from '../../support/harness.ts';

const claude = 'claude-sonnet-4.5';

function setUp(t: TestContext) {
  return createHarness(t, { copilot: true, isSignedIn: false });
}

test('an item has one id, in every event and at the end, though Copilot gives it another in each', async (t) => {
  const { client, copilot } = await setUp(t);
  copilot.reply('rotating-ids.sse', { splitEveryBytes: 13 });
  const ids = new Map<number, Set<string>>();
  let last: ResponseStreamEvent | undefined;
  for await (const event of await client.responses.create({ model: 'gpt-5.4', input: 'Hello', stream: true })) {
    last = event;
    if (!('output_index' in event)) continue;
    const id = 'item' in event ? event.item.id : 'item_id' in event ? event.item_id : undefined;
    const seen = ids.get(event.output_index) ?? new Set();
    ids.set(event.output_index, seen.add(String(id)));
  }
  assert.ok(ids.size > 1);
  for (const [index, seen] of ids) assert.equal(seen.size, 1, `${index}: ${[...seen]}`);
  assert.equal(last?.type, 'response.completed');
  const output = last?.type === 'response.completed' ? last.response.output : [];
  assert.deepEqual(
    output.map(({ id }) => id),
    [...ids.values()].map(([id]) => id),
  );
});

test('what Claude thought goes back to it in the form that it came in', async (t) => {
  const { client, copilot } = await setUp(t);
  copilot.reply('copilot-reasoning.sse');
  const include = ['reasoning.encrypted_content' as const];
  const first = await client.responses.create({ model: claude, input: 'Hello', include, store: false });
  assert.deepEqual(
    first.output.map(({ type }) => type),
    ['reasoning', 'message', 'function_call'],
  );
  const [, , call] = first.output;
  const input = [
    { role: 'user', content: 'Hello' },
    ...first.output,
    { type: 'function_call_output', call_id: call!.type === 'function_call' ? call!.call_id : '', output: 'sunny' },
  ] as ResponseInputItem[];
  const second = await client.responses.create({ model: claude, input, store: false });
  assert.equal(second.output_text, fakeChatText);
  const { body, headers, status } = copilot.last;
  assert.equal(status, 200);
  assert.equal(headers['x-initiator'], 'agent');
  const [, turn, result] = body.messages;
  assert.equal(turn.reasoning_opaque, 'b3BhcXVl');
  assert.equal(turn.tool_calls[0].id, result.tool_call_id);
});

test('an answer is gone on from by its id, in the whole', async (t) => {
  const { client, copilot } = await setUp(t);
  const first = await client.responses.create({ model: 'gpt-5.4', input: 'Hello' });
  await client.responses.create({ model: 'gpt-5.4', input: 'And?', previous_response_id: first.id });
  const { body, headers } = copilot.last;
  assert.equal(body.previous_response_id, undefined);
  assert.equal(headers['x-initiator'], 'user');
  const said = body.input.filter(({ type }: { type: string }) => type === 'message');
  assert.deepEqual(
    said.map(({ role }: { role: string }) => role),
    ['user', 'assistant', 'user'],
  );
});
