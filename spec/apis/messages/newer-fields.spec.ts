/** What Anthropic's API has gained in the autumn of 2026. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { startFake } from '../../support/box-harness.ts';
import { createHarness, type HarnessOptions } from '../../support/index.ts';

const hello = { model: 'gpt-5.5', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hello' }] };

async function setUp(t: { after(task: () => Promise<void>): void }, options: HarnessOptions = {}) {
  const h = await createHarness(t, options);
  return { h, client: new Anthropic({ baseURL: h.url, apiKey: 'none', maxRetries: 0 }) };
}

test('thinking between tools is no thinking', async (t) => {
  const { h, client } = await setUp(t);
  const { content } = await client.messages.create({ ...hello, thinking: { type: 'between_tools' } });
  assert.deepEqual(
    content.map(({ type }) => type),
    ['text'],
  );
  assert.equal(h.upstream.last.body.reasoning.effort, 'none');
});

test('a message has every field that the SDK promises, diagnostics where they are asked for', async (t) => {
  const { client } = await setUp(t);
  const plain = await client.messages.create(hello);
  for (const field of ['container', 'diagnostics', 'stop_details', 'stop_sequence'] as const) {
    assert.equal(plain[field], null, field);
  }
  assert.equal('speed' in plain.usage, false);
  const diagnosed = await client.messages.create({ ...hello, diagnostics: { previous_message_id: plain.id } });
  assert.deepEqual(diagnosed.diagnostics, { cache_miss_reason: null });
});

test('wishes inside other fields that the upstream cannot know are named', async (t) => {
  const { h } = await setUp(t);
  const source = { type: 'text', media_type: 'text/plain', data: 'Paris is a city.' };
  const body = {
    ...hello,
    messages: [
      { role: 'user', content: [{ type: 'document', source, citations: { enabled: true } }] },
      { role: 'system', content: 'Be brief.', output_config: { effort: 'low' } },
      ...hello.messages,
    ],
    thinking: { type: 'adaptive', block_binding: { prefix_mismatch_behavior: 'drop' } },
    output_config: { task_budget: { type: 'tokens', total: 20_000 } },
    system: [{ type: 'text', text: 'Be kind.', citations: [{ type: 'char_location' }] }],
    tools: [{ name: 'a', input_schema: { type: 'object' }, defer_loading: true, input_examples: [{}] }],
  };
  const headers = { 'content-type': 'application/json' };
  const answer = await h.fetch('/v1/messages', { method: 'POST', headers, body: JSON.stringify(body) });
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.headers.get('x-opencompat-ignored')?.split(', ').sort(), [
    'messages.citations',
    'messages.output_config',
    'output_config.task_budget',
    'system.citations',
    'thinking.block_binding',
    'tools.defer_loading',
    'tools.input_examples',
  ]);
});

test('an instruction that is for one turn is cleared at the next', async (t) => {
  const { h, client } = await setUp(t);
  const messages = [
    ...hello.messages,
    { role: 'system' as const, content: 'Be brief.', clear_at: 'next_user_message' as const },
    { role: 'assistant' as const, content: 'Yes?' },
    ...hello.messages,
    { role: 'system' as const, content: 'Be kind.', clear_at: 'next_user_message' as const },
  ];
  await client.beta.messages.create({ ...hello, messages });
  const sent = JSON.stringify(h.upstream.last.body);
  assert.deepEqual([sent.includes('Be brief.'), sent.includes('Be kind.')], [false, true]);
});

test('what was asked for fast says how fast it was', async (t) => {
  const { client } = await setUp(t);
  const fast = await client.beta.messages.create({ ...hello, speed: 'fast' });
  assert.match(String(fast.usage.speed), /^(fast|standard)$/);
});

test('a body that cannot be read names the case as the SDK knows it', async (t) => {
  const { h } = await setUp(t);
  const answer = await h.fetch('/v1/messages', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-encoding': 'compress' },
    body: 'x',
  });
  assert.equal(answer.status, 415);
  const { error, request_id } = (await answer.json()) as { error: { details: object }; request_id: string };
  assert.deepEqual(error.details, { error_code: 'request_body_encoding_unsupported' });
  assert.match(request_id, /^req_/);
});

test('marks of blocks are named where no other API has them, and say anything', async (t) => {
  const { h } = await setUp(t);
  const call = { type: 'tool_use', id: 'toolu_1', name: 'click', input: {} };
  const ask = async (marks: object, caller: object) => {
    const content = [
      { type: 'compaction', content: 'Earlier they met.', ...marks },
      { ...call, ...marks, caller },
    ];
    const messages = [
      ...hello.messages,
      { role: 'assistant', content },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: 'Done' }] },
    ];
    const headers = { 'content-type': 'application/json' };
    const answer = await h.fetch('/v1/messages', {
      method: 'POST',
      headers,
      body: JSON.stringify({ ...hello, messages }),
    });
    assert.equal(answer.status, 200);
    return answer.headers.get('x-opencompat-ignored');
  };
  const marks = { signature: 'c2ln', toolset_name: 'browser' };
  const told = await ask(marks, { type: 'code_execution_20260120', tool_id: 'srvtoolu_1' });
  assert.equal(told, 'messages.signature, messages.caller, messages.toolset_name');
  assert.equal(await ask({ signature: null, tool_changes: [] }, { type: 'direct' }), null);
});

test('models are listed by the stage of their life', async (t) => {
  const box = await startFake(t, {
    models: [
      'a',
      { id: 'b', object: 'model', shutdown_date: '2199-01-01' },
      { id: 'c', object: 'model', shutdown_date: '2020-01-01' },
    ],
  });
  const providers = { box: { type: 'openai-compatible', baseURL: box.url } };
  const { client } = await setUp(t, { isSignedIn: false, providers });
  const list = async (lifecycle?: ('active' | 'deprecated' | 'retired')[]) =>
    (await client.models.list({ ...(lifecycle && { lifecycle }) })).data.map(
      (model) => `${model.id} ${model.lifecycle}`,
    );
  assert.deepEqual(await list(), ['a active', 'b deprecated']);
  assert.deepEqual(await list(['active']), ['a active']);
  assert.deepEqual(await list(['deprecated', 'retired']), ['b deprecated', 'c retired']);
});
