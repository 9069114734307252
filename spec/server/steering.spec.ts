/** `response.steer` of OpenAI's WebSocket mode: input for a running answer. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { startFake } from '../support/box-harness.ts';
import { openProvider, providerNames } from '../support/every-provider.ts';
import { type HarnessOptions, type ScriptedItem, scriptAnswer } from '../support/index.ts';
import { checkResponseEvents, type Json } from '../support/response-stream-checker.ts';
import { type Connection, connectTo, openConnection, textOf } from '../support/socket-connection.ts';

const isEnd = ({ type }: Json) => /^response\.(completed|incomplete)$/.test(String(type));
const isSteer = ({ type }: Json) => String(type).startsWith('response.steer.');
const lastOf = (events: readonly Json[]) => events.at(-1) as Json & { response: Json & { output: Json[] } };
const idOf = (events: readonly Json[]) => String((events[0]!.response as Json).id);

/** An answer that stands still behind its first event with a text. */
async function begin(
  t: TestContext,
  script: string | readonly ScriptedItem[],
  pauseBehind: string,
  { config, ...fields }: Json = {},
) {
  const [h, connection] = await openConnection(t, { config } as HarnessOptions);
  h.upstream.reply(scriptAnswer(script), { pauseBehind });
  connection.create(fields);
  const request = await h.upstream.waitForRequest(0);
  const begun = await connection.until(
    (event) => JSON.stringify(event).includes(pauseBehind),
    fields.stream_id as string,
  );
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
  const { h, connection, request, begun, id } = await begin(t, thinking, 'summary_text.delta', {
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

type Sent = { body: { input: Json[] } };
const inputOf = (request: Sent) =>
  request.body.input.map(({ role, content, type, call_id }) =>
    role ? (content as Json[])[0]!.text : `${type} ${call_id}`,
  );

test('between two items an answer ends at once, without another word of its upstream', async (t) => {
  const { h, connection, request, begun, id } = await begin(t, thinking, 'output_item.done');
  h.upstream.reply(scriptAnswer('Left it is.'));
  connection.steer(id, [{ role: 'user', content: [{ type: 'input_text', text: 'Left!' }] }]);
  const steered = await finish(connection, begun);
  assert.deepEqual(lastOf(steered).response.incomplete_details, { reason: 'steered' });
  assert.equal(await request.aborted, true);
  assert.equal(textOf(await finish(connection, [])), 'Left it is.');
});

test('an answer that is over before its item has a successor all the same', async (t) => {
  const { h, connection, request, begun, id } = await begin(t, 'Right it is.', 'text.delta');
  h.upstream.reply(scriptAnswer('Left it is.'));
  connection.steer(id, 'Left!');
  await connection.until('response.steer.accepted').then((events) => begun.push(...events));
  request.resume();
  const first = await finish(connection, begun);
  assert.equal(textOf(first), 'Right it is.');
  assert.equal(textOf(await finish(connection, [])), 'Left it is.');
  assert.deepEqual(inputOf(h.upstream.last), ['Hello', 'Right it is.', 'Left!']);
});

test('several inputs go on together, in their order; the successor can be steered too', async (t) => {
  const { h, connection, request, begun, id } = await begin(t, thinking, 'summary_text.delta');
  h.upstream.reply(scriptAnswer(thinking, { id: 'two' }), { pauseBehind: 'summary_text.delta' });
  connection.steer(id, 'Left!');
  connection.steer(id, 'And slowly.');
  begun.push(
    ...(await connection.until('response.steer.accepted')),
    ...(await connection.until('response.steer.accepted')),
  );
  request.resume();
  await finish(connection, begun);
  const second = await connection.until('response.reasoning_summary_text.delta');
  assert.deepEqual(inputOf(h.upstream.last).slice(2), ['Left!', 'And slowly.']);

  h.upstream.reply(scriptAnswer('Stopped.', { id: 'three' }));
  connection.steer(id, 'Too late.');
  const [late] = await connection.until('response.steer.failed');
  assert.equal((late!.error as Json).code, 'response_already_completed');
  connection.steer(idOf(second), 'Stop!');
  second.push(...(await connection.until('response.steer.accepted')));
  h.upstream.last.resume();
  await finish(connection, second);
  const third = await finish(connection, []);
  assert.equal((third[0]!.response as Json).previous_response_id, idOf(second));
  assert.equal(inputOf(h.upstream.last).at(-1), 'Stop!');
});

test('input that comes while the successor has not begun is for the successor', async (t) => {
  const { h, connection, begun, id } = await begin(t, thinking, 'output_item.done');
  h.upstream.reply(scriptAnswer('Left it is.', { id: 'two' }), { pauseBehind: 'response.created' });
  connection.steer(id, 'Left!');
  await finish(connection, begun);
  const second = await h.upstream.waitForRequest(1);
  h.upstream.reply(scriptAnswer('Stopped.', { id: 'three' }));
  connection.steer(id, 'Stop!');
  const events = await finish(connection, []);
  assert.deepEqual(
    events.map(({ type }) => type),
    ['response.steer.accepted', 'response.created', 'response.in_progress', 'response.incomplete'],
  );
  assert.deepEqual(lastOf(events).response.output, []);
  assert.equal(await second.aborted, true);
  assert.equal(textOf(await finish(connection, [])), 'Stopped.');
  assert.deepEqual(inputOf(h.upstream.last), ['Hello', 'reasoning undefined', 'Left!', 'Stop!']);
});

const calls: ScriptedItem[] = [
  { reasoning: ['Both.'] },
  { call: 'look', arguments: { at: 'left' }, callId: 'call_a' },
  { custom: 'listen', input: 'right', callId: 'call_b' },
];

test('where outputs of tools are owed, the input waits for the request that brings them', async (t) => {
  const { h, connection, request, begun, id } = await begin(t, calls, 'arguments.delta');
  connection.steer(id, 'Hurry!');
  begun.push(...(await connection.until('response.steer.accepted')));
  request.resume();
  const whole = await finish(connection, begun);
  assert.deepEqual([lastOf(whole).type, lastOf(whole).response.output.length], ['response.completed', 3]);
  const [pending] = await connection.until('response.steer.pending');
  const { steer } = whole.find(isSteer) as { steer: Json };
  assert.deepEqual(pending, {
    type: 'response.steer.pending',
    steer,
    reason: 'waiting_for_required_input',
    required_input: [
      { type: 'function_call_output', call_id: 'call_a', name: 'look' },
      { type: 'custom_tool_call_output', call_id: 'call_b' },
    ],
    sequence_number: whole.length,
  });
  connection.steer(id, 'Please.');
  assert.deepEqual(
    [...(await connection.until('response.steer.pending'))].map(({ type }) => type),
    ['response.steer.accepted', 'response.steer.pending'],
    'more of it waits as well',
  );

  const outputs = [
    { type: 'function_call_output', call_id: 'call_a', output: 'A wall' },
    { type: 'custom_tool_call_output', call_id: 'call_b', output: 'A dog' },
  ];
  connection.create({ previous_response_id: id, input: outputs, model: 'gpt-9' });
  const [refused] = await connection.answer();
  assert.equal(refused!.status, 404);
  h.upstream.reply(scriptAnswer('Up it is.', { id: 'two' }));
  connection.create({ previous_response_id: id, input: outputs });
  assert.equal(textOf(await finish(connection, [])), 'Up it is.');
  assert.deepEqual(inputOf(h.upstream.last).slice(-4), [
    'Hurry!',
    'Please.',
    'function_call_output call_a',
    'custom_tool_call_output call_b',
  ]);
  h.upstream.reply(scriptAnswer('Once.', { id: 'three' }));
  connection.create({ previous_response_id: id, input: outputs });
  await finish(connection, []);
  assert.ok(!inputOf(h.upstream.last).includes('Hurry!'), 'it goes along once');
});

test('a request with the outputs that waits already takes the input along; so does one for no other lane', async (t) => {
  const stream_id = 'a';
  const { h, connection, request, begun, id } = await begin(t, calls.slice(0, 2), 'arguments.delta', { stream_id });
  const input = [{ type: 'function_call_output', call_id: 'call_a', output: 'A wall' }];
  connection.create({ stream_id, previous_response_id: id, input });
  connection.create({ stream_id, input: 'Another matter' });
  connection.steer(id, 'Hurry!');
  begun.push(...(await connection.until('response.steer.accepted', stream_id)));
  for (const name of ['two', 'three']) h.upstream.reply(scriptAnswer('Up it is.', { id: name }));
  request.resume();
  await finish(connection, begun, stream_id);
  await finish(connection, [], stream_id);
  assert.deepEqual(inputOf(h.upstream.requests[1]!).slice(-2), ['Hurry!', 'function_call_output call_a']);
  await finish(connection, [], stream_id);
  assert.deepEqual(inputOf(h.upstream.requests[2]!), ['Another matter']);
});

test('an output that may come later holds nothing up', async (t) => {
  const tools = [{ type: 'function', name: 'look', parameters: {}, strict: false, async: true }];
  const script: ScriptedItem[] = [calls[1]!, { text: 'Looking.' }];
  const { h, connection, request, begun, id } = await begin(t, script, 'arguments.delta', { tools });
  h.upstream.reply(scriptAnswer('Left it is.', { id: 'two' }));
  connection.steer(id, 'Left!');
  begun.push(...(await connection.until('response.steer.accepted')));
  request.resume();
  const steered = await finish(connection, begun);
  assert.deepEqual(lastOf(steered).response.incomplete_details, { reason: 'steered' });
  await finish(connection, []);
  assert.equal(inputOf(h.upstream.last).at(-1), 'Left!');
});

test('the successor comes before what waits in its lane, with what the lane is called in each event', async (t) => {
  const stream_id = 'a';
  const { h, connection, begun, id } = await begin(t, thinking, 'output_item.done', { stream_id });
  connection.create({ stream_id, input: 'Another matter' });
  for (const [name, text] of [
    ['two', 'Left it is.'],
    ['three', 'Fine.'],
  ] as const) {
    h.upstream.reply(scriptAnswer(text, { id: name }));
  }
  connection.steer(id, 'Left!');
  const answers = [await finish(connection, begun, stream_id)];
  for (const text of ['Left it is.', 'Fine.']) {
    const events = await finish(connection, [], stream_id);
    assert.equal(textOf(events), text);
    answers.push(events);
  }
  assert.ok(answers.flat().every((event) => event.stream_id === stream_id));
});

test('what cannot be taken is given back with the reason', async (t) => {
  const { connection, request, begun, id } = await begin(t, thinking, 'summary_text.delta');
  const refusals: [Json, string][] = [
    [{ input: 'Left!' }, 'invalid_input'],
    [{ previous_response_id: id }, 'invalid_input'],
    [{ previous_response_id: id, input: 5 }, 'invalid_input'],
    [{ previous_response_id: id, input: '' }, 'invalid_input'],
    [{ previous_response_id: id, input: [] }, 'invalid_input'],
    [{ previous_response_id: id, input: [{ role: 'system', content: 'Left!' }] }, 'invalid_input'],
    [
      { previous_response_id: id, input: [{ role: 'user', content: [{ type: 'output_text', text: '' }] }] },
      'invalid_input',
    ],
    [
      { previous_response_id: id, input: [{ type: 'function_call_output', call_id: 'a', output: '' }] },
      'invalid_input',
    ],
    [{ previous_response_id: id, input: 'Left!', stream_id: 'a' }, 'invalid_input'],
    [{ previous_response_id: 'resp_other', input: 'Left!' }, 'response_not_found'],
  ];
  for (const [fields, code] of refusals) {
    connection.ws.send({ type: 'response.steer', ...fields } as never);
    const events = await connection.until('response.steer.failed');
    const { error, steer } = events.at(-1) as { error: Json; steer: Json };
    assert.deepEqual([error.type, error.code], ['invalid_request_error', code], JSON.stringify(fields));
    assert.deepEqual(steer, { input: fields.input ?? [], previous_response_id: fields.previous_response_id ?? '' });
    if (fields.previous_response_id === id) begun.push(...events);
  }
  request.resume();
  begun.push(...(await connection.until('response.completed')));
  assert.equal(textOf(begun), 'Right it is.', 'and the answer goes on');
  assert.deepEqual(
    begun.map(({ sequence_number }) => sequence_number),
    begun.map((_, index) => index),
  );
  connection.steer(id, 'Left!');
  const [late] = await connection.until('response.steer.failed');
  assert.equal((late!.error as Json).code, 'response_already_completed');
});

test('no more input waits than allowed', async (t) => {
  const [h, connection] = await openConnection(t, { config: { websocketMaxRequests: 2 } });
  h.upstream.reply(scriptAnswer(thinking), { pauseBehind: 'summary_text.delta' });
  connection.create({});
  const begun = await connection.until('response.reasoning_summary_text.delta');
  for (const input of ['One', 'Two', 'Three']) connection.steer(idOf(begun), input);
  const [failed] = (await connection.until('response.steer.failed')).slice(-1);
  assert.equal((failed!.error as Json).code, 'too_many_pending_steers');
  assert.equal((failed!.steer as Json).input, 'Three');
});

test('answers that others continue or shorten are not steered', async (t) => {
  const { connection, id } = await begin(t, thinking, 'summary_text.delta', { context_management: [] });
  connection.steer(id, 'Left!');
  const [failed] = (await connection.until('response.steer.failed')).slice(-1);
  assert.equal((failed!.error as Json).code, 'steering_not_supported');
});

test('input comes back when its answer fails, and when the successor is refused', async (t) => {
  const { h, connection, begun, id } = await begin(t, thinking, 'output_item.done');
  h.upstream.refuse(429, {
    error: { type: 'usage_limit_reached', message: 'The limit is reached', resets_in_seconds: 60 },
  });
  connection.steer(id, 'Left!');
  const events = await finish(connection, begun);
  const { steer } = events.find(isSteer) as { steer: Json };
  const [refused, ...rest] = await connection.until('response.steer.failed');
  assert.deepEqual(rest, []);
  const { error, steer: returned } = refused as { error: Json; steer: Json };
  assert.equal(error.code, 'successor_creation_failed');
  assert.match(String(error.message), /limit/);
  assert.deepEqual(returned, { ...steer, input: 'Left!' });

  h.upstream.reply(scriptAnswer(thinking, { id: 'two' }), { pauseBehind: 'summary_text.delta', cutAfterBytes: 2600 });
  connection.create({});
  const cut = await connection.until('response.reasoning_summary_text.delta');
  connection.steer(idOf(cut), 'Left!');
  await connection.until('response.steer.accepted');
  h.upstream.last.resume();
  await connection.until('response.failed');
  const [failed] = await connection.until('response.steer.failed');
  assert.equal((failed!.error as Json).code, 'successor_creation_failed');
  assert.equal((failed!.steer as Json).input, 'Left!');
});

test('a client that leaves in between takes all of it along', async (t) => {
  const { h, connection, request, id } = await begin(t, thinking, 'summary_text.delta');
  connection.steer(id, 'Left!');
  await connection.until('response.steer.accepted');
  connection.ws.close();
  assert.equal(await request.aborted, true);
  const other = await connectTo(t, h);
  other.create({});
  await other.answer();
  assert.equal(h.upstream.requests.length, 2, 'there is no successor');
});

test('at shutdown input comes back', async (t) => {
  const { h, connection, request, begun, id } = await begin(t, thinking, 'summary_text.delta', {
    config: { shutdownGrace: 30 },
  });
  connection.steer(id, 'Left!');
  begun.push(...(await connection.until('response.steer.accepted')));
  const closing = h.server.close();
  begun.push(...(await connection.until('response.steer.failed')));
  connection.steer(id, 'Right!');
  begun.push(...(await connection.until('response.steer.failed')));
  assert.deepEqual(
    begun.slice(-2).map((event) => [(event.error as Json).code, (event.steer as Json).input]),
    [
      ['response_not_active', 'Left!'],
      ['response_not_active', 'Right!'],
    ],
  );
  request.resume();
  await finish(connection, begun);
  await closing;
  assert.equal(h.upstream.requests.length, 1);
});

test('both answers are kept to go on from, and each is a request of its own', async (t) => {
  const { h, connection, begun, id } = await begin(t, thinking, 'output_item.done', { store: true });
  h.upstream.reply(scriptAnswer('Left it is.', { id: 'two' }));
  connection.steer(id, 'Left!');
  await finish(connection, begun);
  const successor = await finish(connection, []);
  const kept = await h.client.responses.retrieve(id);
  assert.deepEqual([kept.status, kept.incomplete_details], ['incomplete', { reason: 'steered' }]);
  for (const [previous_response_id, count] of [
    [id, 3],
    [idOf(successor), 5],
  ] as const) {
    await h.client.responses.create({ model: 'gpt-5.5', input: 'And now?', previous_response_id });
    assert.equal(h.upstream.last.body.input.length, count);
  }
  const lines = h.logs.filter(({ message, method }) => message === 'request' && method === 'POST').slice(0, 2);
  assert.deepEqual(
    lines.map(({ status, outcome }) => [status, outcome]),
    [
      [200, 'ok'],
      [200, 'ok'],
    ],
  );
  assert.ok(lines.every(({ input_tokens, output_tokens }) => Number(input_tokens) > 0 && Number(output_tokens) > 0));
});

test('without a store the connection itself keeps what it goes on from', async (t) => {
  const [h, connection] = await openConnection(t, { config: { responsesStore: 'off' } });
  h.upstream.reply(scriptAnswer(thinking), { pauseBehind: 'output_item.done' });
  connection.create({ store: undefined });
  const begun = await connection.until('response.output_item.done');
  h.upstream.reply(scriptAnswer('Left it is.', { id: 'two' }));
  connection.steer(idOf(begun), 'Left!');
  const steered = await finish(connection, begun);
  assert.equal(lastOf(steered).response.store, false);
  assert.equal(textOf(await finish(connection, [])), 'Left it is.');
});

test('a plugin that holds text back gives it before the end', async (t) => {
  const shout = {
    kind: 'middleware' as const,
    name: 'shout',
    create:
      () =>
      (req: { exchange: { onText(change: (text: string) => string): void } }, _res: unknown, next: () => void) => {
        req.exchange.onText((text) => text.toUpperCase());
        next();
      },
  };
  const [h, connection] = await openConnection(t, { plugins: [shout as never] });
  h.upstream.reply(scriptAnswer(thinking), { pauseBehind: 'summary_text.delta' });
  connection.create({});
  const request = await h.upstream.waitForRequest(0);
  const begun = await connection.until('response.created');
  h.upstream.reply(scriptAnswer('Left it is.', { id: 'two' }));
  connection.steer(idOf(begun), 'Left!');
  begun.push(...(await connection.until('response.steer.accepted')));
  request.resume();
  const { output } = lastOf(await finish(connection, begun)).response;
  assert.deepEqual(output[0]!.summary, [{ type: 'summary_text', text: 'LEFT OR RIGHT?' }]);
  assert.equal(textOf(await finish(connection, [])), 'LEFT IT IS.');
});

for (const name of providerNames) {
  if (name === 'demo') continue;
  test(`${name}: an answer is steered`, async (t) => {
    const { harness, model, script, requests } = await openProvider(t, name);
    const connection = connectTo(t, harness);
    script(thinking, 'one', { pauseBehind: 'right?' });
    connection.create({ model, reasoning: { effort: 'high', summary: 'auto' } });
    const begun = await connection.until('response.created');
    connection.steer(idOf(begun), 'Left!');
    begun.push(...(await connection.until('response.steer.accepted')));
    script('Left it is.', 'two');
    requests[0]!.resume();
    const steered = lastOf(await finish(connection, begun)).response;
    assert.deepEqual(steered.incomplete_details, { reason: 'steered' });
    assert.deepEqual(
      steered.output.map(({ type }) => type),
      ['reasoning'],
    );
    assert.equal(textOf(await finish(connection, [])), 'Left it is.');
    const text = JSON.stringify(requests[1]!.body);
    assert.ok(text.indexOf('Hello') < text.indexOf('Left!'));
  });
}

test('a server of the same API gets the whole conversation, and nothing of the connection', async (t) => {
  const box = await startFake(t, { hasResponses: true });
  const [, connection] = await openConnection(t, {
    providers: { box: { type: 'openai-compatible', baseURL: box.url } },
  });
  box.answer(thinking, 'one', { pauseBehind: 'right?' });
  connection.create({ model: 'box/fake-model', stream_id: 'a', own_field: 1 });
  const begun = await connection.until('response.created', 'a');
  connection.steer(idOf(begun), 'Left!');
  begun.push(...(await connection.until('response.steer.accepted', 'a')));
  box.answer('Left it is.', 'two');
  box.requests[0]!.resume();
  await finish(connection, begun, 'a');
  assert.equal(textOf(await finish(connection, [], 'a')), 'Left it is.');
  const { input, own_field, stream_id, previous_response_id } = box.last.body;
  assert.deepEqual([own_field, stream_id, previous_response_id], [1, undefined, undefined]);
  assert.deepEqual(
    input.map(({ role, type }: Json) => role ?? type),
    ['user', 'reasoning', 'user'],
  );
});

test('demo: an answer is steered', async (t) => {
  const { harness, model } = await openProvider(t, 'demo');
  const connection = connectTo(t, harness);
  connection.create({ model });
  const begun = await connection.until('response.created');
  connection.steer(idOf(begun), 'Left!');
  await finish(connection, begun);
  const successor = await finish(connection, []);
  assert.equal((successor[0]!.response as Json).previous_response_id, idOf(begun));
  assert.match(textOf(successor), /Left!/);
});

test('the successor counts as a request of its own', async (t) => {
  const config = { rateLimit: 2 };
  const { h, connection, begun, id } = await begin(t, thinking, 'output_item.done', { config });
  connection.steer(id, 'Left!');
  await finish(connection, begun);
  const [failed] = await connection.until('response.steer.failed');
  const { error, steer } = failed as { error: Json; steer: Json };
  assert.deepEqual([error.code, steer.input], ['successor_creation_failed', 'Left!']);
  assert.match(String(error.message), /Rate limit reached/);
  assert.equal(h.upstream.requests.length, 1);
});

/** Reads on in a lane until nothing more is to come, and brings the outputs that are asked for. */
async function settle(
  connection: Connection,
  { stream_id, steers, begun, requests }: { stream_id: string; steers: number; begun: Json[]; requests(): Sent[] },
) {
  const returned: unknown[] = [];
  let accepted = 0;
  let ended = begun.filter(isEnd).length;
  let isOwed = false;
  for (let isOver = false; !isOver; ) {
    const [event] = (await connection.until(() => true, stream_id)) as [Json & { steer: Json; response: Json }];
    if (event.type === 'response.steer.accepted') accepted += 1;
    if (event.type === 'response.steer.failed') returned.push(event.steer.input);
    if (isEnd(event)) ended += 1;
    if (event.type === 'response.steer.pending' && !isOwed) {
      isOwed = true;
      const input = (event.required_input as Json[]).map((stub) => ({ ...stub, output: 'Done' }));
      connection.create({ stream_id, previous_response_id: event.steer.previous_response_id, input });
    }
    const sent = requests();
    const known = inputOf(sent.at(-1)!).filter((text) => /^Input /.test(String(text)));
    isOver = accepted + returned.length === steers && known.length === accepted && ended === sent.length;
  }
  return returned;
}

test('whenever it comes, input reaches the model once, or comes back', async (t) => {
  const [h, connection] = await openConnection(t);
  const cases = fc.record({
    items: fc.subarray([...thinking, ...calls.slice(1)], { minLength: 1 }),
    at: fc.nat(30),
    splitEveryBytes: fc.integer({ min: 50, max: 4000 }),
    steers: fc.integer({ min: 1, max: 3 }),
  });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(cases, async ({ items, at, splitEveryBytes, steers }) => {
      run += 1;
      const stream_id = `lane-${run}`;
      const before = h.upstream.requests.length;
      h.upstream.reply(scriptAnswer(items, { id: stream_id }), { splitEveryBytes });
      connection.create({ stream_id });
      let left = at;
      const id = idOf(await connection.until('response.created', stream_id));
      const begun = await connection.until((event) => left-- <= 0 || isEnd(event), stream_id);
      const texts = Array.from({ length: steers }, (_, n) => `Input ${n} of ${run}.`);
      for (const text of texts) connection.steer(id, text);
      const requests = () => h.upstream.requests.slice(before);
      const returned = await settle(connection, { stream_id, steers, begun, requests });
      const last = inputOf(requests().at(-1)!);
      for (const text of texts) {
        assert.equal(last.filter((sent) => sent === text).length, returned.includes(text) ? 0 : 1, text);
      }
    }),
    { numRuns: 40 },
  );
});
