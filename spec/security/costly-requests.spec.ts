/**
 * What the attacker does: fills a body of the allowed 10 MB with whatever may cost more than its size: very many messages,
 * tool calls, tools or unknown keys, very long names, ids and stop sequences, very many answers.
 * What must hold: the time that validation and translation take grows no faster than the body. The bounds below are far
 * above what it takes (hundreds of milliseconds) and far below what a quadratic step costs (from ten seconds up).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStopTransform } from '../../lib/answer/transforms/stop-sequences.ts';
import type { ClientApi } from '../../lib/apis/api.ts';
import { createValidator } from '../../lib/apis/body-validation.ts';
import { chatCompletions } from '../../lib/apis/chat-completions/index.ts';
import { messages } from '../../lib/apis/messages/index.ts';
import { assumeModel } from '../../lib/providers/chatgpt/fallback-models.ts';
import { buildChatGptBody, type ChatGptContext } from '../../lib/providers/chatgpt/request.ts';
import { createHarness } from '../support/index.ts';

/** Of process time: another process that has the machine's attention does not count. */
const limitMs = 5000;
const checks = new Map<ClientApi, ReturnType<typeof createValidator>>();
const user = { role: 'user', content: 'Hello' };

function list<T>(length: number, make: (index: number) => T): T[] {
  return Array.from({ length }, (_, index) => make(index));
}

/** Without copying them, which takes longer than to read them. */
function withUnknownKeys(body: Record<string, unknown>): object {
  for (let index = 0; index < 500_000; index += 1) body[`!${index}`] = 1;
  return body;
}

function toBackend(body: unknown, api: ClientApi = chatCompletions as ClientApi): unknown {
  const check = checks.get(api) ?? createValidator(api.schema);
  checks.set(api, check);
  check(body);
  const ignored: string[] = [];
  const canonical = api.toCanonical(body, {
    headers: {},
    defaults: { reasoningCompat: 'none' },
    ignore: (param) => ignored.push(param),
  });
  assert.ok(ignored.length < 100);
  const info = assumeModel('gpt-5.5');
  const context = {
    model: { requested: 'gpt-5.5', id: 'gpt-5.5', info },
    clientId: '',
    ignore() {},
    config: { instructions: 'auto', reasoningEffort: 'medium', reasoningSummary: 'auto', textVerbosity: 'medium' },
    instructions: { textFor: () => '', insists: () => false, neutral: '' },
  };
  return JSON.stringify(buildChatGptBody(canonical, context as unknown as ChatGptContext).body);
}

const costly: Record<string, () => object> = {
  messages: () => ({ messages: list(250_000, () => user) }),
  'instruction messages': () => ({ messages: [...list(200_000, () => ({ role: 'system', content: 'x' })), user] }),
  'calls under one id': () => ({
    messages: [
      user,
      {
        role: 'assistant',
        tool_calls: list(80_000, () => ({ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } })),
      },
      ...list(80_000, () => ({ role: 'tool', tool_call_id: 'a', content: 'x' })),
    ],
  }),
  'calls of the older form': () => ({
    messages: [
      user,
      ...list(50_000, (n) => ({ role: 'assistant', content: null, function_call: { name: `f${n}`, arguments: '{}' } })),
      ...list(50_000, (n) => ({ role: 'function', name: `f${n}`, content: 'x' })),
    ],
  }),
  'tools whose names have to be mapped': () => ({
    messages: [user],
    tools: list(100_000, (n) => ({ type: 'function', function: { name: `f.${n}` } })),
  }),
  'unknown keys': () => withUnknownKeys({ messages: [user] }),
  'one long text': () => ({ messages: [{ role: 'user', content: 'a'.repeat(10_000_000) }] }),
};

for (const [name, make] of Object.entries(costly)) {
  test(`${name} by the megabyte`, () => {
    const body = Object.assign(make(), { model: 'gpt-5.5' });
    const before = process.cpuUsage();
    toBackend(body);
    const { user: userUs, system } = process.cpuUsage(before);
    assert.ok((userUs + system) / 1000 < limitMs, `${(userUs + system) / 1000} ms`);
  });
}

const costlyMessages: Record<string, () => object> = {
  messages: () => ({ messages: list(250_000, () => user) }),
  'blocks of text': () => ({
    messages: [{ role: 'user', content: list(250_000, () => ({ type: 'text', text: 'x' })) }],
  }),
  'blocks of unknown types': () => ({
    messages: [user, { role: 'assistant', content: list(300_000, (n) => ({ type: `t${n}` })) }, user],
  }),
  'calls under one id': () => ({
    messages: [
      user,
      { role: 'assistant', content: list(80_000, () => ({ type: 'tool_use', id: 'a', name: 'f', input: {} })) },
      { role: 'user', content: list(80_000, () => ({ type: 'tool_result', tool_use_id: 'a', content: 'x' })) },
    ],
  }),
  thinking: () => ({
    messages: [
      user,
      {
        role: 'assistant',
        content: list(100_000, () => ({ type: 'thinking', thinking: 'x', signature: 'opencompat.1.x' })),
      },
    ],
  }),
  'changes of tools': () => ({
    messages: [
      user,
      {
        role: 'system',
        content: list(80_000, (n) => ({
          type: 'tool_addition',
          tool: { type: 'tool_definition', definition: { name: `f${n}`, input_schema: { type: 'object' } } },
        })),
      },
    ],
  }),
  'a strict schema': () => ({
    messages: [user],
    tools: [
      {
        name: 'f',
        strict: true,
        input_schema: {
          type: 'object',
          properties: Object.fromEntries(list(300_000, (n) => [`p${n}`, { type: 'string' }])),
          required: list(300_000, (n) => `p${n}`),
          additionalProperties: false,
        },
      },
    ],
  }),
  'unknown keys': () => withUnknownKeys({ messages: [user] }),
  'one long text': () => ({ messages: [{ role: 'user', content: 'a'.repeat(10_000_000) }] }),
  'one long system text': () => ({ messages: [user], system: 'x-anthropic-billing-header '.repeat(350_000) }),
};

for (const [name, make] of Object.entries(costlyMessages)) {
  test(`Messages: ${name} by the megabyte`, () => {
    const body = Object.assign(make(), { model: 'gpt-5.5', max_tokens: 100 });
    const before = process.cpuUsage();
    toBackend(body, messages as ClientApi);
    const { user: userUs, system } = process.cpuUsage(before);
    assert.ok((userUs + system) / 1000 < limitMs, `${(userUs + system) / 1000} ms`);
  });
}

test('stop sequences of megabytes are looked for in one pass', () => {
  const stop = [`${'a'.repeat(2_000_000)}b`, `${'ab'.repeat(1_000_000)}c`];
  const transform = createStopTransform(stop, { model: 'm', input: [], stream: true });
  const before = process.cpuUsage();
  let text = '';
  for (let index = 0; index < 20_000; index += 1) {
    const event = { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'aaaaaaaaab' };
    transform(
      event as never,
      (passed) => {
        text += (passed as { delta: string }).delta;
      },
      0,
    );
  }
  assert.ok(text.length > 100_000);
  assert.ok(process.cpuUsage(before).user / 1000 < limitMs);
});

test('what asks for more than is given is refused before anything is sent', async (t) => {
  const h = await createHarness(t);
  const statusFor = async (extra: object) => {
    const body = JSON.stringify({ model: 'gpt-5.5', messages: [user], ...extra });
    return (await h.fetch('/v1/chat/completions', { method: 'POST', body })).status;
  };
  assert.equal(await statusFor({ n: 9 }), 400);
  assert.equal(await statusFor({ n: 1e300 }), 400);
  assert.equal(await statusFor({ stop: list(1000, String) }), 400);
  assert.equal(await statusFor({ model: 'a'.repeat(9_000_000) }), 404);
  assert.equal(await statusFor({ model: `chatgpt/${'a'.repeat(9_000_000)}` }), 404);
  assert.equal(h.upstream.requests.length, 0);
});

test('a model name of megabytes is no name of a model that draws either, and in no log', async (t) => {
  const h = await createHarness(t);
  for (const model of [`gpt-image-${'1'.repeat(1_000_000)}`, `chatgpt/dall-e-${'1'.repeat(1_000_000)}`]) {
    const body = JSON.stringify({ model, prompt: 'A cat' });
    const response = await h.fetch('/v1/images/generations', { method: 'POST', body });
    assert.equal(response.status, 404);
    assert.ok((await response.text()).length < 1000);
  }
  assert.equal(h.upstream.requests.length, 0);
  await h.close();
  assert.ok(JSON.stringify(h.logs).length < 100_000);
});
