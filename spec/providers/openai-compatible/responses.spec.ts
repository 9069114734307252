/** The Responses API of a server that has one, for clients that speak it; and Chat Completions where it has none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CanonicalRequest } from '../../../lib/canonical/types.ts';
import type { OpenCompatError } from '../../../lib/errors.ts';
import { createOpenAiCompatibleProvider } from '../../../lib/providers/openai-compatible/index.ts';
import type { OpenAiCompatibleOptions } from '../../../lib/providers/openai-compatible/options.ts';
import type { AmendContext, Provider } from '../../../lib/providers/provider.ts';
import { createRecordingLog } from '../../support/recording-log.ts';

function create(settings: Partial<OpenAiCompatibleOptions> = {}, now = () => 0) {
  const options = { baseURL: 'http://box.example', responses: 'auto' as const, ...settings };
  const services = { config: { modelsRefresh: 0 }, cacheDir: '/nowhere', log: createRecordingLog(), now };
  return createOpenAiCompatibleProvider('box', options, services);
}

function build(provider: Provider, request: object, { clientApi = 'responses' } = {}) {
  const ignored: string[] = [];
  const info = { id: 'm', createdS: 0, ownedBy: '', efforts: [] };
  const context = {
    model: { requested: 'm', id: 'm', provider, info },
    clientApi,
    log: createRecordingLog(),
    ignore: (param: string) => ignored.push(param),
  } as unknown as AmendContext;
  const whole = {
    model: 'box/m',
    input: [{ role: 'user', content: 'Hi' }],
    stream: false,
    ...request,
  } as CanonicalRequest;
  const sent = provider.buildRequest(whole, context);
  Object.assign(context, { sent });
  const { url, body, honours, api } = sent;
  return { path: url.pathname, body: JSON.parse(body), honours, api: api?.name, ignored, context, request: whole };
}

test('a client of the Responses API: its request in the same API, as a stream, with nothing stored', () => {
  const { path, body, honours, api, ignored } = build(create(), {
    ...{ instructions: 'Be brief.', tools: [{ type: 'web_search' }], max_output_tokens: 9, temperature: 0.2 },
    ...{ store: true, previous_response_id: 'resp_1', stop: ['x'], choices: 2, seed: 3, extra: { min_p: 0.1 } },
  });
  assert.deepEqual([path, api, honours], ['/v1/responses', 'responses', ['max_output_tokens']]);
  assert.deepEqual(body, {
    ...{ min_p: 0.1, model: 'm', input: [{ role: 'user', content: 'Hi' }], stream: true, store: false },
    ...{ instructions: 'Be brief.', tools: [{ type: 'web_search' }], max_output_tokens: 9, temperature: 0.2 },
  });
  assert.deepEqual(ignored, ['seed']);
});

test('what the SDK parsed into an answer does not go back to the server', () => {
  const call = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' };
  const text = { type: 'output_text', text: '{}', annotations: [] };
  const message = { type: 'message', role: 'assistant', content: [text] };
  const input = [
    { ...call, parsed_arguments: {} },
    { ...message, content: [{ ...text, parsed: {} }] },
  ];
  assert.deepEqual(build(create(), { input }).body.input, [call, message]);
});

test('reasoning that only a store could resolve is left out, and with it the ids that lean on it', () => {
  const call = { type: 'function_call', id: 'fc_1', call_id: 'c', name: 'f', arguments: '{}' };
  const message = { type: 'message', role: 'assistant', id: 'msg_1', content: [] };
  const encrypted = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'abc' };
  const shown = { type: 'reasoning', id: 'rs_2', summary: [], content: [{ type: 'reasoning_text', text: 'Hm.' }] };
  const kept = [encrypted, shown, call, message];
  assert.deepEqual(build(create(), { input: kept }).body.input, kept);
  const lost = { type: 'reasoning', id: 'rs_3', summary: [] };
  const { id: _call, ...bareCall } = call;
  const { id: _message, ...bareMessage } = message;
  assert.deepEqual(build(create(), { input: [lost, ...kept] }).body.input, [encrypted, shown, bareCall, bareMessage]);
});

test('clients of other APIs, and servers that are said to have none, by Chat Completions', () => {
  assert.equal(build(create(), {}, { clientApi: 'messages' }).path, '/v1/chat/completions');
  const { path, honours, api } = build(create({ responses: false }), {});
  assert.deepEqual([path, api], ['/v1/chat/completions', 'chat-completions']);
  assert.deepEqual(honours, ['stop', 'max_output_tokens']);
});

const absent: [status: number, body: string][] = [
  [404, '404 page not found'],
  [404, '{"detail":"Not Found"}'],
  [404, '{"error":{"code":404,"message":"File Not Found","type":"not_found_error"}}'],
  [404, '{"error":{"message":"Invalid URL (POST /v1/responses)","type":"invalid_request_error"}}'],
  [405, '{"detail":"Method Not Allowed"}'],
  [501, ''],
  [400, '{"error":"Unexpected endpoint or method. (POST /v1/responses)"}'],
];
for (const [status, text] of absent) {
  test(`a server that answers ${status} ${text.slice(0, 40)} is asked by Chat Completions from then on, for an hour`, () => {
    let nowMs = 0;
    const provider = create({}, () => nowMs);
    const { context, request } = build(provider, {});
    const error = provider.toError(status, {}, text);
    assert.equal(provider.amendRequest!(request, error, context), request);
    assert.equal(build(provider, {}).path, '/v1/chat/completions');
    // What it says of that API is no reason to ask a third time.
    assert.equal(provider.amendRequest!(request, provider.toError(status, {}, text), context), undefined);
    nowMs = 3_600_000;
    assert.equal(build(provider, {}).path, '/v1/responses');
  });
}

const present: [status: number, body: string][] = [
  [404, '{"error":{"message":"The model `m` does not exist","code":"model_not_found"}}'],
  [400, '{"error":{"message":"Invalid value for temperature","code":"invalid_value"}}'],
  [401, ''],
  [500, '{"error":"boom"}'],
];
for (const [status, text] of present) {
  test(`a server that answers ${status} ${text.slice(0, 40)} has said nothing of the API`, () => {
    const provider = create();
    const { context, request } = build(provider, {});
    const error: OpenCompatError = provider.toError(status, {}, text);
    assert.equal(provider.amendRequest!(request, error, context), undefined);
    assert.equal(build(provider, {}).path, '/v1/responses');
  });
}

test('a server that is said to have it is believed', () => {
  const provider = create({ responses: true });
  const { context, request } = build(provider, {});
  assert.equal(provider.amendRequest!(request, provider.toError(404, {}, ''), context), undefined);
});
