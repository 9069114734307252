/** Tools whose calls the model does not wait for, and other marks that few upstreams have a place for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHarness, scriptAnswer } from '../../support/index.ts';

const model = 'gpt-5.5';
const parameters = { type: 'object', properties: {}, required: [], additionalProperties: false };
const tool = { type: 'function' as const, name: 'build', parameters, strict: true, async: true };

test('a call of an async tool goes without its output, which may come in a later request', async (t) => {
  const h = await createHarness(t);
  h.upstream.reply(scriptAnswer([{ call: 'build', arguments: {}, callId: 'call_1' }]));
  const first = await h.client.responses.create({ model, input: 'Build it', tools: [tool] });
  const talk = async (previous: string, input: unknown) => {
    h.upstream.reply(scriptAnswer('Yes.'));
    const answer = await h.client.responses.create({
      model,
      tools: [tool],
      previous_response_id: previous,
      input: input as never,
    });
    return answer.id;
  };

  const second = await talk(first.id, 'What else?');
  const asked = h.upstream.last.body.input as { type: string; call_id?: string; output?: string }[];
  assert.deepEqual(
    asked.map(({ type }) => type),
    ['message', 'function_call', 'function_call_output', 'message'],
  );
  assert.match(asked[2]!.output!, /still running/);
  assert.equal(asked[2]!.call_id, asked[1]!.call_id);
  assert.equal('async' in h.upstream.last.body.tools[0], false);

  await talk(second, [{ type: 'function_call_output', call_id: 'call_1', output: 'Built.' }]);
  const { role, content } = h.upstream.last.body.input.at(-1);
  assert.deepEqual(
    [role, content.map(({ text }: { text: string }) => text)],
    ['user', ['Output of the tool call call_1:', 'Built.']],
  );

  // Answered at once, it is a call like any other; one whose call nobody has is heard all the same.
  await talk(first.id, [{ type: 'function_call_output', call_id: 'call_1', output: 'Built.' }]);
  assert.equal(h.upstream.last.body.input.at(-1).type, 'function_call_output');
  h.upstream.reply(scriptAnswer('Yes.'));
  const input = [{ type: 'function_call_output' as const, call_id: 'call_9', output: 'Late.' }];
  await h.client.responses.create({ model, tools: [tool], input });
  assert.equal(h.upstream.last.body.input.at(-1).role, 'user');
});

test('marks that the upstream has no place for are named, those that ask for what happens anyway are not', async (t) => {
  const h = await createHarness(t);
  const named = async (body: object) => {
    const { response } = await h.client.responses.create({ model, input: 'Hello', ...body } as never).withResponse();
    return response.headers.get('x-opencompat-ignored');
  };
  const marks = { allowed_callers: ['programmatic'], output_schema: { type: 'object' } };
  const inner = { ...tool, name: 'test', ...marks, async: false };
  assert.equal(
    await named({
      tools: [tool, { type: 'namespace', name: 'ns', description: 'Tests', tools: [inner] }],
      reasoning: { effort: 'low', mode: 'pro', context: 'all_turns' },
    }),
    'tools.allowed_callers, tools.async, tools.output_schema, reasoning.context, reasoning.mode',
  );
  const usual = { ...tool, async: false, allowed_callers: ['direct'], output_schema: null, defer_loading: true };
  assert.equal(await named({ tools: [usual], reasoning: { mode: 'standard', context: 'auto' } }), null);
});
