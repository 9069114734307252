/** Items of the Responses API that change how later turns are answered. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHarness, scriptAnswer } from '../../support/index.ts';

const format = { type: 'json_schema', name: 'n', schema: { type: 'object' } };
const model = 'gpt-5.5';

test('the last configuration update counts, also in later turns, and no upstream sees one', async (t) => {
  const h = await createHarness(t);
  h.upstream.reply(scriptAnswer('One.'));
  const first = await h.client.responses.create({
    model,
    reasoning: { effort: 'low' },
    input: [
      { type: 'configuration_update', reasoning: { effort: 'medium' } },
      { role: 'user', content: 'Hello' },
      { type: 'configuration_update', reasoning: { effort: 'high' }, text: { format } } as never,
    ],
  });
  assert.deepEqual(h.upstream.last.body.reasoning.effort, 'high');
  assert.partialDeepStrictEqual(h.upstream.last.body.text.format, { type: 'json_schema', name: 'n' });

  h.upstream.reply(scriptAnswer('Two.'));
  const previous_response_id = first.id;
  await h.client.responses.create({ model, previous_response_id, input: 'And', reasoning: { effort: 'low' } });
  const { input, reasoning, text } = h.upstream.last.body;
  assert.deepEqual([reasoning.effort, text.format.type], ['high', 'json_schema']);
  assert.ok(input.every(({ type }: { type: string }) => type !== 'configuration_update'));

  await assert.rejects(
    h.client.responses.create({
      model,
      input: [{ type: 'configuration_update', reasoning: { effort: 'huge' } }] as never,
    }),
    { status: 400 },
  );
});
