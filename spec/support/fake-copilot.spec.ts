/** The fake must refuse what the real ones refuse, or the specs that use it would prove nothing. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { copilotHeaders } from '../../lib/providers/copilot/headers.ts';
import { createFakeCopilot, fakeCopilotClientId } from './fake-copilot.ts';
import { signThinking } from './messages-refusals.ts';

const editor = copilotHeaders({
  copilotApiVersion: '2026-08-01',
  copilotEditorVersion: 'vscode/1.111.0',
  copilotIntegrationId: 'vscode-chat',
  copilotPluginVersion: 'copilot-chat/0.42.0',
});
const turn = {
  'x-initiator': 'user',
  'x-request-id': '00000000-0000-4000-8000-000000000000',
  'openai-intent': 'conversation-panel',
  'content-type': 'application/json',
};
const messages = [{ role: 'user', content: 'Hello' }];
const input = [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello' }] }];

async function setUp(t: TestContext) {
  const fake = await createFakeCopilot();
  t.after(() => fake.close());
  const getToken = (authorization: string, headers: Record<string, string> = editor) =>
    fetch(`${fake.url}/copilot_internal/v2/token`, { headers: { ...headers, authorization } });
  const { token } = (await (await getToken(`token ${fake.gitHubToken}`)).json()) as { token: string };
  const headers: Record<string, string> = { ...editor, ...turn, authorization: `Bearer ${token}` };
  const post = async (path: string, body: object, changes: Record<string, string | undefined> = {}) => {
    const sent = Object.entries({ ...headers, ...changes }).filter((entry): entry is [string, string] => !!entry[1]);
    const init = { method: 'POST', headers: Object.fromEntries(sent), body: JSON.stringify(body) };
    const response = await fetch(`${fake.backendUrl}${path}`, init);
    return { status: response.status, text: await response.text() };
  };
  return { fake, getToken, post };
}

test('tokens are for who has the right GitHub token, and an editor', async (t) => {
  const { fake, getToken } = await setUp(t);
  const good = `token ${fake.gitHubToken}`;
  assert.equal((await getToken(good)).status, 200);
  assert.equal((await getToken(`Bearer ${fake.gitHubToken}`)).status, 401);
  assert.equal((await getToken('token gho_other')).status, 401);
  assert.equal((await getToken(good, {})).status, 400);
  fake.revoke();
  assert.equal((await getToken(good)).status, 401);
});

test('a device code is good once, for its client', async (t) => {
  const { fake } = await setUp(t);
  const post = async (path: string, form: Record<string, string>, accept = 'application/json') => {
    const body = new URLSearchParams({ client_id: fakeCopilotClientId, ...form });
    const text = await (await fetch(`${fake.url}${path}`, { method: 'POST', body, headers: { accept } })).text();
    return text.startsWith('{') ? (JSON.parse(text) as Record<string, string>) : {};
  };
  assert.equal((await post('/login/device/code', { scope: 'read:user', client_id: 'x' })).error, 'Not Found');
  assert.deepEqual(await post('/login/device/code', { scope: 'read:user' }, '*/*'), {}, 'a form, not JSON');
  const { device_code = '', user_code = '' } = await post('/login/device/code', { scope: 'read:user' });
  const poll = () =>
    post('/login/oauth/access_token', { device_code, grant_type: 'urn:ietf:params:oauth:grant-type:device_code' });
  assert.equal((await poll()).error, 'authorization_pending');
  assert.equal(fake.enterCode('other'), false);
  assert.equal(fake.enterCode(user_code), true);
  assert.match((await poll()).access_token!, /^gho_/);
  assert.equal((await poll()).error, 'incorrect_device_code');
});

for (const [name, path, body, changes, status, said] of [
  ['a good chat request', '/chat/completions', { model: 'gpt-4.1', messages, stream: true }, {}, 200, /DONE/],
  ['a good response', '/responses', { model: 'gpt-5.4', input, store: false, stream: true }, {}, 200, /completed/],
  [
    'another token',
    '/chat/completions',
    { model: 'gpt-4.1', messages },
    { authorization: 'Bearer x' },
    401,
    /token expired/,
  ],
  [
    'no editor',
    '/chat/completions',
    { model: 'gpt-4.1', messages },
    { 'editor-version': undefined },
    400,
    /Editor-Version/,
  ],
  [
    'no integration',
    '/chat/completions',
    { model: 'gpt-4.1', messages },
    { 'copilot-integration-id': undefined },
    403,
    /forbidden/,
  ],
  [
    'an old API version',
    '/chat/completions',
    { model: 'gpt-4.1', messages },
    { 'x-github-api-version': '2025-01-01' },
    466,
    /no longer/,
  ],
  [
    'no initiator',
    '/chat/completions',
    { model: 'gpt-4.1', messages },
    { 'x-initiator': undefined },
    400,
    /X-Initiator/,
  ],
  ['a picture nobody told of', '/responses', { model: 'gpt-5.4', input: [{ type: 'input_image' }] }, {}, 400, /Vision/],
  [
    'no picture',
    '/chat/completions',
    { model: 'gpt-4.1', messages },
    { 'copilot-vision-request': 'true' },
    400,
    /Vision/,
  ],
  ['an unknown model', '/chat/completions', { model: 'gpt-0', messages }, {}, 400, /model_not_supported/],
  ['a model elsewhere', '/chat/completions', { model: 'gpt-5.4', messages }, {}, 400, /unsupported_api_for_model/],
  ['something to store', '/responses', { model: 'gpt-5.4', input, stream: true }, {}, 400, /store/],
  [
    'an item’s id',
    '/responses',
    { model: 'gpt-5.4', input: [{ id: 'msg_1' }], store: false, stream: true },
    {},
    400,
    /not persisted/,
  ],
  [
    'a temperature',
    '/responses',
    { model: 'gpt-5.4', input, store: false, stream: true, top_p: 1 },
    {},
    400,
    /Unsupported parameter: 'top_p'/,
  ],
  [
    'too low a limit',
    '/responses',
    { model: 'gpt-5.4', input, store: false, stream: true, max_output_tokens: 2 },
    {},
    400,
    /below minimum/,
  ],
  ['one text to embed', '/embeddings', { model: 'text-embedding-3-small', input: 'one' }, {}, 400, /array/],
  [
    'dimensions',
    '/embeddings',
    { model: 'text-embedding-ada-002', input: ['one'], dimensions: 2 },
    {},
    400,
    /dimensions/,
  ],
  ['no Anthropic version', '/v1/messages', { model: 'claude-sonnet-4.5', messages }, {}, 400, /anthropic-version/],
] as const) {
  test(`${name}: HTTP ${status}`, async (t) => {
    const { post } = await setUp(t);
    const answer = await post(path, body, changes);
    assert.equal(answer.status, status, answer.text);
    assert.match(answer.text, said);
  });
}

const anthropic = { 'anthropic-version': '2023-06-01' };
const haiku = { model: 'claude-haiku-5', max_tokens: 2000, messages };
const tools = [{ name: 'f', input_schema: { type: 'object' } }];
const call = { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} };
const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: 'sunny' };
const think = { type: 'thinking', thinking: 'Hm.', signature: signThinking('Hm.') };
const turns = (...contents: object[][]) => ({
  tools,
  messages: [{ content: 'Hi' }, ...contents.map((content) => ({ content }))].map((message, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    ...message,
  })),
});
const thinking = { type: 'enabled', budget_tokens: 1024 };

for (const [name, fields, said] of [
  [
    'a good turn of tools',
    { ...turns([think, call], [result, { type: 'text', text: 'Go on.' }]), thinking },
    /content/,
  ],
  ['no limit', { max_tokens: undefined }, /max_tokens: Field required/],
  ['too high a limit', { max_tokens: 16_001 }, /maximum allowed number/],
  ['a field of others', { top_logprobs: 1 }, /Extra inputs/],
  ['a high temperature', { temperature: 1.2 }, /range: 0..1/],
  ['two kinds of sampling', { temperature: 1, top_p: 1 }, /cannot both/],
  ['sampling that is gone', { model: 'claude-opus-5', temperature: 1 }, /deprecated/],
  ['a blank stop', { stop_sequences: ['\n'] }, /non-whitespace/],
  ['an empty text', { messages: [{ role: 'user', content: [{ type: 'text', text: '' }] }] }, /non-empty/],
  ['no message', { messages: [] }, /at least one/],
  ['an assistant first', { messages: [{ role: 'assistant', content: 'Hi' }, ...messages] }, /first message/],
  ['trailing space', { messages: [...messages, { role: 'assistant', content: 'So ' }] }, /trailing whitespace/],
  ['a call that has no result', turns([call], [{ type: 'text', text: 'Well?' }]), /without `tool_result`/],
  ['a result behind other things', turns([call], [{ type: 'text', text: 'So:' }, result]), /without `tool_result`/],
  ['a result of no call', turns([{ type: 'text', text: 'Hi' }], [result]), /unexpected `tool_use_id`/],
  ['an id twice', turns([call], [result], [call], [result]), /unique/],
  ['an odd id', turns([{ ...call, id: 'call.1' }], [{ ...result, tool_use_id: 'call.1' }]), /match pattern/],
  ['no tools', { ...turns([call], [result]), tools: undefined }, /must define tools/],
  ['a choice of no tool', { tool_choice: { type: 'auto' } }, /while providing tools/],
  ['a small budget', { thinking: { ...thinking, budget_tokens: 100 } }, /1024/],
  ['a budget over the limit', { thinking, max_tokens: 1024 }, /must be greater than/],
  ['a temperature for thinking', { thinking, temperature: 0.5 }, /only be set to 1/],
  ['a forced tool for thinking', { thinking, tools, tool_choice: { type: 'any' } }, /forces tool use/],
  ['a turn that began without thinking', { ...turns([call], [result]), thinking }, /but found `tool_use`/],
  ['thinking that was changed', turns([{ ...think, thinking: 'Hm. No.' }, call], [result]), /Invalid `signature`/],
  ['a budget where there is none', { model: 'claude-opus-5', thinking }, /thinking.type.adaptive/],
  [
    'an open schema',
    { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
    /additionalProperties/,
  ],
] as const) {
  const isGood = name.startsWith('a good');
  test(`Anthropic’s API, ${name}: HTTP ${isGood ? 200 : 400}`, async (t) => {
    const { post } = await setUp(t);
    const answer = await post('/v1/messages', { ...haiku, ...fields }, anthropic);
    assert.equal(answer.status, isGood ? 200 : 400, answer.text);
    assert.match(answer.text, said);
  });
}
