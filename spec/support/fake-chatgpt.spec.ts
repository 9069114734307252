import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { defaultText } from './default-answer.ts';
import { createFakeChatGpt, type FakeChatGpt } from './fake-chatgpt.ts';
import { scriptAnswer, toSseText } from './scripted-answer.ts';

const user = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello' }] };
const goodBody = { model: 'gpt-5.5', instructions: '', input: [user], store: false, stream: true };
const weather = {
  type: 'function',
  name: 'get_weather',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' }, unit: { type: 'string', enum: ['celsius', 'fahrenheit'] } },
    required: ['city', 'unit'],
    additionalProperties: false,
  },
  strict: true,
};
const call = { type: 'function_call', call_id: 'call_1', name: 'get_weather', arguments: '{}' };
const output = { type: 'function_call_output', call_id: 'call_1', output: 'sunny' };

async function openFake(t: TestContext): Promise<FakeChatGpt> {
  const fake = await createFakeChatGpt();
  t.after(() => fake.close());
  return fake;
}

function headersFor({ account }: FakeChatGpt): Record<string, string> {
  return {
    authorization: `Bearer ${account.tokens.accessToken}`,
    'chatgpt-account-id': account.accountId,
    'content-type': 'application/json',
  };
}

function ask(fake: FakeChatGpt, body: unknown = goodBody, init: RequestInit = {}): Promise<Response> {
  return fetch(`${fake.url}/codex/responses`, {
    method: 'POST',
    headers: headersFor(fake),
    body: JSON.stringify(body),
    ...init,
  });
}

// biome-ignore lint/suspicious/noExplicitAny: events of every type
function eventsOf(text: string): any[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice('data: '.length)));
}

test('answers a good request with an event stream that names no content type', async (t) => {
  const fake = await openFake(t);
  const response = await ask(fake);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), null);
  assert.equal(response.headers.get('x-codex-primary-used-percent'), '12');

  const events = eventsOf(await response.text());
  assert.equal(events[0].type, 'codex.rate_limits');
  const text = events.flatMap(({ type, delta }) => (type === 'response.output_text.delta' ? [delta] : [])).join('');
  assert.equal(text, defaultText);
  const last = events.at(-1);
  assert.equal(last.type, 'response.completed');
  assert.deepEqual(last.response.output, []);
  assert.equal(fake.last.status, 200);
  assert.deepEqual(fake.last.body, goodBody);
  assert.equal(await fake.last.aborted, false);
});

const refusals: [name: string, change: object, status: number, expected: string][] = [
  ['stream is missing', { stream: undefined }, 400, '{"detail":"Stream must be set to true"}'],
  ['store is true', { store: true }, 400, '{"detail":"Store must be set to false"}'],
  ['input is text', { input: 'Hello' }, 400, '{"detail":"Input must be a list"}'],
  ['instructions are missing', { instructions: undefined }, 400, '{"detail":"Instructions are required"}'],
  ['temperature is set', { temperature: 1 }, 400, '{"detail":"Unsupported parameter: temperature"}'],
  ['a key nobody knows is set', { frobnicate: 1 }, 400, '{"detail":"Unsupported parameter: frobnicate"}'],
  ['the tier is auto', { service_tier: 'auto' }, 400, '{"detail":"Unsupported service_tier: auto"}'],
  [
    'the model is unknown',
    { model: 'gpt-5' },
    400,
    '{"detail":"The \'gpt-5\' model is not supported when using Codex with a ChatGPT account."}',
  ],
  ['the effort is not the model’s', { reasoning: { effort: 'minimal' } }, 400, '"param":"reasoning.effort"'],
  ['the effort is ultra', { model: 'gpt-6-sol', reasoning: { effort: 'ultra' } }, 400, '"code":"unsupported_value"'],
  ['a role is system', { input: [{ role: 'system', content: 'x' }] }, 400, 'System messages are not allowed'],
  ['an item has an id', { input: [{ ...user, id: 'msg_1' }] }, 404, "Item with id 'msg_1' not found"],
  ['an item is a reference', { input: [{ type: 'item_reference', id: 'rs_1' }] }, 404, 'not found'],
  ['an item has an unknown key', { input: [{ ...user, name: 'x' }] }, 400, "Unknown parameter: 'input[0].name'."],
  ['a part is of the other API', { input: [{ role: 'user', content: [{ type: 'text' }] }] }, 400, "'input_text'"],
  [
    'an image is an object',
    { input: [{ role: 'user', content: [{ type: 'input_image', image_url: { url: 'https://x/' } }] }] },
    400,
    '"param":"input[0].content[0].image_url"',
  ],
  ['a tool name has a dot', { tools: [{ ...weather, name: 'get.weather' }] }, 400, '"param":"tools[0].name"'],
  ['a tool name is long', { tools: [{ ...weather, name: 'x'.repeat(65) }] }, 400, 'string_above_max_length'],
  ['a tool is of the other API', { tools: [{ type: 'function', function: weather }] }, 400, 'missing_required'],
  ['a tool is not served', { tools: [{ type: 'file_search' }] }, 400, 'Unsupported tool type: file_search'],
  [
    'a strict schema is open',
    { tools: [{ ...weather, parameters: { type: 'object', properties: {} } }] },
    400,
    'additionalProperties',
  ],
  [
    'a strict schema leaves a property optional',
    { tools: [{ ...weather, parameters: { ...weather.parameters, required: ['city'] } }] },
    400,
    "Missing 'unit'",
  ],
  ['the chosen tool is not there', { tool_choice: { type: 'function', name: 'x' } }, 400, "Tool choice 'x' not found"],
  ['a call id is long', { input: [{ ...call, call_id: 'x'.repeat(65) }] }, 400, '"param":"input[0].call_id"'],
  ['an output has no call', { input: [user, output] }, 400, 'No tool call found for function call output with call_id'],
  ['an output stands before its call', { input: [output, call] }, 400, 'No tool call found'],
  ['a call has no output', { input: [user, call] }, 400, 'No tool output found for function call call_1'],
  ['reasoning is not encrypted', { input: [{ type: 'reasoning', summary: [] }] }, 400, 'invalid_encrypted_content'],
  ['JSON mode is not spoken of', { text: { format: { type: 'json_object' } } }, 400, "the word 'json'"],
  [
    'a schema name has a space',
    { text: { format: { type: 'json_schema', name: 'a b', schema: {} } } },
    400,
    '"param":"text.format.name"',
  ],
];

for (const [name, change, status, expected] of refusals) {
  test(`refuses when ${name}`, async (t) => {
    const fake = await openFake(t);
    const response = await ask(fake, { ...goodBody, ...change });
    const text = await response.text();
    assert.equal(response.status, status, text);
    assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
    assert.ok(text.includes(expected), text);
    assert.equal(fake.last.status, status);
  });
}

test('takes everything that the backend is known to take', async (t) => {
  const fake = await openFake(t);
  const response = await ask(fake, {
    ...goodBody,
    input: [
      { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Be brief. Answer in JSON.' }] },
      { role: 'user', content: 'Look' },
      {
        type: 'message',
        role: 'user',
        content: [{ type: 'input_image', image_url: 'data:image/png;base64,AA==', detail: 'low' }],
      },
      { type: 'reasoning', summary: [], encrypted_content: 'gAAAAA' },
      call,
      output,
      { type: 'custom_tool_call', call_id: 'call_2', name: 'write', input: 'x' },
      { type: 'custom_tool_call_output', call_id: 'call_2', output: [{ type: 'input_text', text: 'written' }] },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Done' }] },
    ],
    tools: [weather, { type: 'custom', name: 'write', format: { type: 'text' } }, { type: 'web_search' }],
    tool_choice: 'none',
    parallel_tool_calls: true,
    reasoning: { effort: 'high', summary: 'auto' },
    text: { verbosity: 'low', format: { type: 'json_object' } },
    include: ['reasoning.encrypted_content'],
    prompt_cache_key: 'key',
    service_tier: 'priority',
    client_metadata: { session_id: 'x' },
  });
  assert.equal(response.status, 200, await response.clone().text());
  const items = eventsOf(await response.text()).filter(({ type }) => type === 'response.output_item.done');
  assert.deepEqual(
    items.map(({ item }) => item.type),
    ['reasoning', 'message'],
  );
  assert.equal(items[1].item.content[0].text, '{"answer":"sample"}');
});

test('calls the tools that the user names, then uses what they answered', async (t) => {
  const fake = await openFake(t);
  const named = { role: 'user', content: 'Use get_weather and get_time.' };
  const tools = [weather, { type: 'function', name: 'get_time' }, { type: 'function', name: 'other' }];
  const first = eventsOf(await (await ask(fake, { ...goodBody, input: [named], tools })).text());
  const calls = first.flatMap(({ type, item }) => (type === 'response.output_item.done' ? [item] : []));
  assert.deepEqual(
    calls.map(({ name, arguments: text }) => [name, JSON.parse(text)]),
    [
      ['get_weather', { city: 'city', unit: 'celsius' }],
      ['get_time', {}],
    ],
  );
  const answers = calls.flatMap(({ call_id, name, arguments: text }) => [
    { type: 'function_call', call_id, name, arguments: text },
    { type: 'function_call_output', call_id, output: `${name} is done` },
  ]);
  const second = eventsOf(await (await ask(fake, { ...goodBody, input: [named, ...answers], tools })).text());
  const done = second.find(({ type }) => type === 'response.output_text.done');
  assert.equal(done.text, 'The tools answered: get_weather is done, get_time is done.');
});

test('refuses strangers, and lets a refresh token serve once', async (t) => {
  const fake = await openFake(t);
  const statusAndCode = async (headers: Record<string, string | undefined>) => {
    const given = Object.entries({ ...headersFor(fake), ...headers }).filter((pair) => pair[1] !== undefined);
    const response = await ask(fake, goodBody, { headers: given as [string, string][] });
    // biome-ignore lint/suspicious/noExplicitAny: bodies of both shapes
    const body: any = response.status === 200 ? await response.text() : await response.json();
    return [response.status, body.error?.code ?? body.detail];
  };
  const refresh = async (refreshToken: string) => {
    const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken, client_id: 'app' });
    const response = await fetch(`${fake.authUrl}/oauth/token`, { method: 'POST', body });
    return { status: response.status, text: await response.text() };
  };

  assert.deepEqual(await statusAndCode({ authorization: undefined }), [401, 'Unauthorized']);
  assert.deepEqual(await statusAndCode({ 'chatgpt-account-id': 'another' }), [401, 'Unauthorized']);
  assert.deepEqual(await statusAndCode({}), [200, undefined]);

  const { refreshToken } = fake.account.tokens;
  fake.account.expireTokens();
  assert.deepEqual(await statusAndCode({}), [401, 'token_expired']);
  assert.equal((await refresh(refreshToken)).status, 200);
  assert.deepEqual(await statusAndCode({}), [200, undefined]);

  assert.match((await refresh(refreshToken)).text, /refresh_token_reused/);
  assert.deepEqual(await statusAndCode({}), [401, 'token_invalidated']);
});

test('lists models with an ETag, and tells the quota', async (t) => {
  const fake = await openFake(t);
  const headers = headersFor(fake);
  assert.equal((await fetch(`${fake.url}/codex/models`, { headers })).status, 422);
  const list = await fetch(`${fake.url}/codex/models?client_version=1.2.3`, { headers });
  const { models } = (await list.json()) as { models: { slug: string }[] };
  assert.ok(models.some(({ slug }) => slug === 'gpt-5.5'));
  const etag = list.headers.get('etag') ?? '';
  const again = await fetch(`${fake.url}/codex/models?client_version=1.2.3`, {
    headers: { ...headers, 'if-none-match': etag },
  });
  assert.equal(again.status, 304);
  const usage = await fetch(`${fake.url}/wham/usage`, { headers });
  assert.equal(((await usage.json()) as { plan_type: string }).plan_type, 'plus');
  assert.equal(fake.otherRequests.length, 4);
});

test('delivers scripts whole, in pieces, cut, paused and as plain answers, one per request', async (t) => {
  const fake = await openFake(t);
  const events = scriptAnswer('Grüße 👋');
  const whole = events.map(toSseText).join('');
  fake
    .reply(events, { splitEveryBytes: 1, headers: { 'content-type': 'text/event-stream' } })
    .reply(events, { cutAfterBytes: 300 })
    .refuse(429, { error: { type: 'usage_limit_reached' } }, { 'x-extra': 'yes' })
    .refuse(403, '<html>', { 'content-type': 'text/html' })
    .reply('text-hello.sse');

  const pieces = await ask(fake);
  assert.equal(pieces.headers.get('content-type'), 'text/event-stream');
  assert.equal(await pieces.text(), whole);

  await assert.rejects((await ask(fake)).text());
  assert.equal(await fake.last.aborted, false);

  const limited = await ask(fake);
  assert.equal(limited.headers.get('x-extra'), 'yes');
  assert.deepEqual([limited.status, await limited.json()], [429, { error: { type: 'usage_limit_reached' } }]);
  assert.equal(await (await ask(fake)).text(), '<html>');
  assert.match(await (await ask(fake)).text(), /^event: /);

  fake.reply(events, { pauseAfterBytes: 300 });
  const paused = await ask(fake);
  const reader = paused.body!.getReader();
  let seen = '';
  while (seen.length < 300) seen += Buffer.from((await reader.read()).value!).toString('latin1');
  assert.equal(seen.length, 300);
  fake.last.resume();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    seen += Buffer.from(part.value).toString('latin1');
  }
  assert.equal(Buffer.from(seen, 'latin1').toString(), whole);
});

test('knows when the other side has left', async (t) => {
  const fake = await openFake(t);
  fake.reply([], { hang: true });
  const abort = new AbortController();
  const asked = ask(fake, goodBody, { signal: abort.signal });
  const request = await fake.waitForRequest(0);
  abort.abort();
  await assert.rejects(asked, { name: 'AbortError' });
  assert.equal(await request.aborted, true);
  assert.equal(typeof request.closedAtMs, 'number');
});
