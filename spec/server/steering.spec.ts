/** `response.steer` of OpenAI's WebSocket mode: input for a running answer. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type ScriptedItem, scriptAnswer, toSseText, type UpstreamEvent } from '../support/index.ts';
import { checkResponseEvents, type Json } from '../support/response-stream-checker.ts';
import { type Connection, openConnection, textOf } from '../support/socket-connection.ts';

/** Bytes of a stream up to its first event of a type. */
function bytesThrough(events: readonly UpstreamEvent[], type: string): number {
  const end = events.findIndex((event) => event.type === type) + 1;
  assert.ok(end > 0, type);
  return Buffer.byteLength(events.slice(0, end).map(toSseText).join(''));
}

const isSteer = ({ type }: Json) => String(type).startsWith('response.steer.');
const lastOf = (events: readonly Json[]) => events.at(-1) as Json & { response: Json & { output: Json[] } };
const idOf = (events: readonly Json[]) => String((events[0]!.response as Json).id);

/** An answer that stands still behind its first event of a type. */
async function begin(t: TestContext, script: string | readonly ScriptedItem[], type: string, fields: Json = {}) {
  const [h, connection] = await openConnection(t);
  const events = scriptAnswer(script);
  h.upstream.reply(events, { pauseAfterBytes: bytesThrough(events, type) });
  connection.create(fields);
  const request = await h.upstream.waitForRequest(0);
  const begun = await connection.until(type, fields.stream_id as string | undefined);
  return { h, connection, request, begun, id: idOf(begun) };
}

/** The rest of an answer, as clients check it: without what the connection says in between. */
async function finish(connection: Connection, begun: Json[], lane?: string): Promise<Json[]> {
  const events = [...begun, ...(await connection.answer(lane))];
  events.forEach(({ sequence_number }, index) => {
    assert.equal(sequence_number, index, 'all are numbered in one row');
  });
  const own = events.filter((event) => !isSteer(event));
  checkResponseEvents(own.map(({ stream_id: _, ...event }, sequence_number) => ({ ...event, sequence_number })));
  return events;
}

const thinking: ScriptedItem[] = [{ reasoning: ['Left or right?'] }, { text: 'Right it is.' }];

test('an answer ends when its item is done, and another goes on from it with the input', async (t) => {
  const { h, connection, request, begun, id } = await begin(t, thinking, 'response.reasoning_summary_text.delta', {
    instructions: 'Be brief.',
    reasoning: { effort: 'high' },
  });
  h.upstream.reply(scriptAnswer('Left it is.', { id: 'next' }));
  connection.steer(id, 'Left!');
  const [accepted] = await connection.until('response.steer.accepted');
  const { steer } = accepted as { steer: Json };
  assert.match(String(steer.id), /^steer_[0-9a-f]{32}$/);
  assert.deepEqual(steer, { id: steer.id, previous_response_id: id });
  assert.equal(accepted!.stream_id, undefined);
  request.resume();
  const steered = lastOf(await finish(connection, [...begun, accepted!]));
  assert.equal(steered.type, 'response.incomplete');
  assert.deepEqual(steered.response.incomplete_details, { reason: 'steered' });
  assert.deepEqual(
    steered.response.output.map(({ type }) => type),
    ['reasoning'],
  );
  const usage = steered.response.usage as Json;
  assert.ok(Number(usage.input_tokens) > 0 && Number(usage.output_tokens) > 0, 'what it has used is counted here');
  assert.equal(await request.aborted, true, 'nothing more is asked of the model for it');

  const successor = await finish(connection, []);
  assert.equal(textOf(successor), 'Left it is.');
  assert.equal((successor[0]!.response as Json).previous_response_id, id);
  assert.notEqual(idOf(successor), id);
  const { input, instructions, reasoning } = h.upstream.last.body;
  assert.deepEqual(
    input.map(({ type, role, encrypted_content, content }: Json) =>
      role ? [role, content] : [type, encrypted_content],
    ),
    [
      ['user', [{ type: 'input_text', text: 'Hello' }]],
      ['reasoning', 'gAAAAAfake0'],
      ['user', [{ type: 'input_text', text: 'Left!' }]],
    ],
  );
  assert.match(instructions, /Be brief/);
  assert.equal(reasoning.effort, 'high');
});
