/** Clients of the Responses API with an OpenAI-compatible server behind: by its own Responses API, or by Chat Completions. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collect } from '../../clients/collect.ts';
import { createBoxHarness, post } from '../../support/box-harness.ts';
import { fakeChatText, scriptChunks } from '../../support/fake-openai-server.ts';

for (const hasResponses of [true, false]) {
  const path = hasResponses ? '/v1/responses' : '/v1/chat/completions';
  test(`by ${path}: whole, streamed, and going on from an earlier answer`, async (t) => {
    const h = await createBoxHarness(t, { fake: { hasResponses } });
    const { output_text: text, id } = await h.client.responses.create({ model: 'fake-model', input: 'Hello' });
    assert.equal(text, fakeChatText);
    assert.equal(h.box.last.path, path);
    assert.equal(h.box.last.body.stream, true);
    assert.ok(!h.box.last.body.store);

    const events = await collect(
      await h.client.responses.create({ model: 'fake-model', input: 'Again', previous_response_id: id, stream: true }),
    );
    assert.equal(events[0]?.type, 'response.created');
    const last = events.at(-1)!;
    assert.ok(last.type === 'response.completed', last.type);
    const deltas = events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : ''));
    assert.equal(deltas.join(''), fakeChatText);
    // The whole conversation, since the server behind keeps none.
    const { messages = h.box.last.body.input, previous_response_id } = h.box.last.body;
    assert.equal(messages.length, 3, JSON.stringify(messages));
    assert.equal(previous_response_id, undefined);
    assert.ok(h.box.requests.every((request) => request.path === path));
  });
}

test('a server without it is asked for it once', async (t) => {
  const h = await createBoxHarness(t);
  for (let round = 0; round < 3; round += 1) {
    await h.client.responses.create({ model: 'fake-model', input: 'Hello' });
  }
  const asked = h.box.otherRequests.filter(({ path }) => path === '/v1/responses');
  assert.equal(asked.length, 1);
  const told = h.logs.filter(({ message }) => message.includes('has no Responses API'));
  assert.deepEqual(
    told.map(({ provider }) => provider),
    ['box'],
  );
});

/** Bodies with which servers say that they do not have the path (wire facts, 2026), and such as are about what was asked. */
const refusals: [body: object | string, isOfPath: boolean, status?: number][] = [
  ['404 page not found', true],
  [{ detail: 'Not Found' }, true],
  ['', true],
  [{ error: { message: 'Invalid URL (POST /v1/responses)', type: 'invalid_request_error' } }, true],
  [{ error: 'Unexpected endpoint or method. (POST /v1/responses)' }, true],
  [{ error: { message: 'The Responses API is not supported.' } }, true, 400],
  [{ detail: 'Method Not Allowed' }, true, 405],
  [{ error: { message: "Item with id 'unknown url' not found." } }, false],
  [{ error: { message: 'Item with id unknown route not found.' } }, false],
  [{ error: { message: 'No file search_me was not found.' } }, false],
  [{ error: { message: "Previous response with id 'resp_1' not found.", code: 'previous_response_not_found' } }, false],
  [{ error: { message: 'The tool web_search is not supported.' } }, false, 400],
];

for (const [index, [body, isOfPath, status = 404]] of refusals.entries()) {
  test(`refusal ${index} ${isOfPath ? 'tells that there is no Responses API' : 'is about one request'}`, async (t) => {
    const h = await createBoxHarness(t, { fake: { hasResponses: true } });
    h.box.refuse(status, body);
    const asked = { model: 'fake-model', input: 'Where is unknown route, /v1/nothing and search_me?' };
    const answer = await post(h, '/v1/responses', asked);
    assert.equal(answer.status === 200, isOfPath, await answer.text());
    await (await post(h, '/v1/responses', { model: 'fake-model', input: 'Hello' })).text();
    assert.equal(h.box.last.path, isOfPath ? '/v1/chat/completions' : '/v1/responses');
  });
}

test('with `responses: false` it is never asked for it', async (t) => {
  const h = await createBoxHarness(t, { fake: { hasResponses: true }, settings: { responses: false } });
  assert.equal((await h.client.responses.create({ model: 'fake-model', input: 'Hello' })).output_text, fakeChatText);
  assert.equal(h.box.last.path, '/v1/chat/completions');
});

test('tools by Chat Completions are function calls of the Responses API', async (t) => {
  const h = await createBoxHarness(t);
  h.box.reply('two-calls.sse');
  const tools = [
    { type: 'function' as const, name: 'get_weather', parameters: { type: 'object', properties: {} }, strict: false },
  ];
  const { output } = await h.client.responses.create({ model: 'fake-model', input: 'Weather?', tools });
  const calls = output.filter(({ type }) => type === 'function_call');
  assert.equal(calls.length, 2);
  assert.equal(h.box.last.body.tools[0].function.name, 'get_weather');
  h.box.reply(scriptChunks('Sunny.'));
  const outputs = calls.map((call) => ({
    type: 'function_call_output' as const,
    call_id: (call as { call_id: string }).call_id,
    output: 'sunny',
  }));
  const input = [{ role: 'user' as const, content: 'Weather?' }, ...output, ...outputs];
  const answer = await h.client.responses.create({ model: 'fake-model', input: input as never, tools });
  assert.equal(answer.output_text, 'Sunny.');
});

test('refusals come in the form of the API, and an alias turns to its next model', async (t) => {
  const h = await createBoxHarness(t, {
    fake: { hasResponses: true },
    isSignedIn: true,
    config: { aliases: { both: ['box/fake-model', 'chatgpt/gpt-5.5'] } },
  });
  h.box.refuse(400, {
    error: { message: "Invalid 'x'.", type: 'invalid_request_error', param: 'x', code: 'invalid_value' },
  });
  const refused = await post(h, '/v1/responses', { model: 'fake-model', input: 'Hello' });
  assert.equal(refused.status, 400);
  assert.match(await refused.text(), /"code":"invalid_value"/);
  h.box.refuse(500, { error: 'boom' });
  const answer = await post(h, '/v1/responses', { model: 'both', input: 'Hello' });
  assert.equal(answer.headers.get('x-opencompat-model'), 'chatgpt/gpt-5.5');
});
