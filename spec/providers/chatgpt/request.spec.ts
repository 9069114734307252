import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { CanonicalEvent, CanonicalRequest } from '../../../lib/canonical/types.ts';
import { OpenCompatError } from '../../../lib/errors.ts';
import { buildChatGptBody, type ChatGptContext } from '../../../lib/providers/chatgpt/request.ts';
import type { ModelInfo, Provider } from '../../../lib/providers/provider.ts';
import { mapToolNames } from '../../../lib/providers/tool-names.ts';

// biome-ignore lint/suspicious/noExplicitAny: any field of any body
type Body = any;

interface Given {
  info?: Partial<ModelInfo>;
  config?: Partial<ChatGptContext['config']>;
  insists?: boolean;
  clientId?: string;
}

const user = { type: 'message' as const, role: 'user' as const, content: 'Hello!' };

function build(request: object, { info, config, insists = false, clientId = 'someone' }: Given = {}) {
  const ignored: string[] = [];
  const model = {
    requested: 'gpt-5',
    id: 'gpt-5',
    provider: {} as Provider,
    info: {
      id: 'gpt-5',
      createdS: 0,
      ownedBy: 'openai',
      efforts: ['low', 'medium', 'high'] as const,
      ...info,
    } as ModelInfo,
  };
  const { body, ...rest } = buildChatGptBody(
    { model: 'gpt-5', stream: false, input: [user], ...request } as CanonicalRequest,
    {
      model,
      clientId,
      ignore: (param) => ignored.push(param),
      config: {
        instructions: 'auto',
        reasoningEffort: 'medium',
        reasoningSummary: 'auto',
        textVerbosity: 'medium',
        ...config,
      },
      instructions: { textFor: (id) => `Codex for ${id}`, insists: () => insists, neutral: 'Be helpful.' },
    },
  );
  return { body: body as Body, ignored, ...rest };
}

function refusalOf(request: object): OpenCompatError {
  try {
    build(request);
  } catch (error) {
    assert.ok(error instanceof OpenCompatError);
    assert.equal(error.status, 400);
    return error;
  }
  throw new assert.AssertionError({ message: 'it was not refused' });
}

test('sends what the backend wants of every request, and nothing else', () => {
  const { body, ignored } = build({});
  assert.deepEqual(Object.keys(body).sort(), [
    'include',
    'input',
    'instructions',
    'model',
    'prompt_cache_key',
    'reasoning',
    'store',
    'stream',
    'text',
  ]);
  assert.equal(body.store, false);
  assert.equal(body.stream, true);
  assert.deepEqual(body.include, ['reasoning.encrypted_content']);
  assert.deepEqual(body.reasoning, { effort: 'medium', summary: 'auto' });
  assert.deepEqual(body.text, { verbosity: 'medium' });
  assert.deepEqual(body.input, [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello!' }] }]);
  assert.deepEqual(ignored, []);
});

test('drops what the backend refuses and names it; keeps quiet about what is emulated', () => {
  const { body, ignored } = build({
    temperature: 0,
    top_p: 1,
    metadata: {},
    user: 'me',
    safety_identifier: 'me',
    truncation: 'disabled',
    top_logprobs: 2,
    prompt_cache_retention: '24h',
    store: true,
    stream_options: { include_obfuscation: false },
    invented: 1,
    max_output_tokens: 10,
    stop: ['x'],
    choices: 2,
    service_tier: 'auto',
    tools: [],
  });
  const sent = Object.keys(build({}).body);
  assert.deepEqual(Object.keys(body), sent);
  assert.deepEqual(ignored.sort(), [
    'invented',
    'metadata',
    'prompt_cache_retention',
    'safety_identifier',
    'store',
    'stream_options',
    'temperature',
    'top_logprobs',
    'top_p',
    'truncation',
    'user',
  ]);
  assert.deepEqual(build({ store: false, temperature: null }).ignored, []);
});

test('refuses what would change the answer if it were left out', () => {
  assert.equal(refusalOf({ previous_response_id: 'resp_1' }).public.param, 'previous_response_id');
  assert.equal(refusalOf({ background: true }).public.param, 'background');
  assert.equal(refusalOf({ input: [user, { type: 'item_reference', id: 'rs_1' }] }).public.param, 'input[1]');
  const image = { type: 'input_image', file_id: 'file_1' };
  assert.match(
    refusalOf({ input: [{ role: 'user', content: [image] }] }).public.param ?? '',
    /^input\[0\]\.content\[0\]/,
  );
  const tool = refusalOf({ tools: [{ type: 'web_search' }, { type: 'file_search', vector_store_ids: [] }] });
  assert.equal(tool.public.code, 'tool_not_supported');
  assert.equal(tool.public.param, 'tools[1].type');
});

test('sends items without what only a server that stores them could know', () => {
  const { body } = build({
    input: [
      user,
      {
        type: 'message',
        id: 'msg_1',
        status: 'completed',
        role: 'assistant',
        phase: 'commentary',
        content: [{ type: 'output_text', text: 'Hi', annotations: [], logprobs: [] }],
      },
      { type: 'reasoning', id: 'rs_1', summary: [], content: [{ type: 'reasoning_text', text: 'hm' }] },
      { type: 'reasoning', id: 'rs_2', encrypted_content: 'abc', status: 'completed' },
      { type: 'function_call', id: 'fc_1', status: 'completed', call_id: 'call_1', name: 'look', arguments: '{}' },
      { type: 'function_call_output', id: 'fco_1', call_id: 'call_1', output: 'seen' },
      { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'x' } },
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'input_text', text: 'x', prompt_cache_breakpoint: true }] },
    ],
  });
  assert.deepEqual(body.input.slice(1), [
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hi' }], phase: 'commentary' },
    { type: 'reasoning', summary: [], encrypted_content: 'abc' },
    { type: 'function_call', call_id: 'call_1', name: 'look', arguments: '{}' },
    { type: 'function_call_output', call_id: 'call_1', output: 'seen' },
    { type: 'web_search_call', action: { type: 'search', query: 'x' } },
    { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Be brief.' }] },
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'x' }] },
  ]);
});

test('shortens a long call id the same way in the call and its output', () => {
  const call_id = `call_${'x'.repeat(80)}`;
  const { body } = build({
    input: [
      user,
      { type: 'function_call', call_id, name: 'look', arguments: '{}' },
      { type: 'function_call_output', call_id, output: '' },
    ],
  });
  assert.ok(body.input[1].call_id.length <= 64);
  assert.equal(body.input[1].call_id, body.input[2].call_id);
});

test('maps odd tool names everywhere on the way in, and back on the way out', () => {
  const odd = 'mcp/weather: look up';
  const long = 'n'.repeat(80);
  const { body, restoreEvent } = build({
    input: [
      user,
      { type: 'function_call', call_id: 'call_1', name: odd, arguments: '{}' },
      { type: 'function_call_output', call_id: 'call_1', output: '' },
    ],
    tools: [
      { type: 'function', name: odd },
      { type: 'custom', name: long },
      { type: 'function', name: 'fine' },
    ],
    tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: odd }] },
  });
  const [mapped, shortened, fine] = body.tools.map(({ name }: Body) => name);
  for (const name of [mapped, shortened]) assert.match(name, /^[A-Za-z0-9_-]{1,64}$/);
  assert.equal(fine, 'fine');
  assert.equal(body.input[1].name, mapped);
  assert.equal(body.tool_choice.tools[0].name, mapped);

  const item = { type: 'function_call', call_id: 'call_2', name: mapped, arguments: '{}' };
  const restored = (event: object) => restoreEvent!(event as CanonicalEvent) as Body;
  assert.equal(restored({ type: 'response.output_item.added', output_index: 0, item }).item.name, odd);
  assert.equal(restored({ type: 'response.function_call_arguments.done', name: mapped }).name, odd);
  const custom = { type: 'custom_tool_call', call_id: 'call_3', name: shortened, input: '' };
  const output = [item, custom, { type: 'message' }];
  const completed = restored({ type: 'response.completed', response: { output } });
  assert.deepEqual(
    completed.response.output.map(({ name }: Body) => name),
    [odd, long, undefined],
  );
  const delta = { type: 'response.output_text.delta', delta: mapped };
  assert.equal(restored(delta), delta);
});

test('names that are fine cost no way back', () => {
  assert.equal(build({ tools: [{ type: 'function', name: 'fine' }] }).restoreEvent, undefined);
});

test('the mapping of tool names is injective, accepted and stable, for any names', () => {
  const name = fc.oneof(fc.string({ minLength: 1, maxLength: 80 }), fc.stringMatching(/^[a-z_]{60,70}$/));
  fc.assert(
    fc.property(fc.uniqueArray(name), (names) => {
      // What another name is mapped to may well be the name of a tool itself.
      const first = mapToolNames(new Set(names));
      const all = new Set([...names, ...names.map(first.toBackend)]);
      const mapping = mapToolNames(all);
      const mapped = [...all].map(mapping.toBackend);
      assert.equal(new Set(mapped).size, all.size);
      for (const text of mapped) assert.match(text, /^[A-Za-z0-9_-]{1,64}$/);
      assert.deepEqual([...all].map(mapToolNames(all).toBackend), mapped);
      for (const text of all) {
        const item = { type: 'function_call', name: mapping.toBackend(text) };
        const event = { type: 'response.output_item.done', item } as CanonicalEvent;
        const restored = (mapping.restoreEvent?.(event) ?? event) as Body;
        assert.equal(restored.item.name, text);
      }
    }),
  );
});

test('tools keep what the backend knows; hosted ones get the name it knows them by', () => {
  const parameters = { type: 'object', properties: { a: {} } };
  const { body } = build({
    tools: [
      { type: 'function', name: 'a', description: 'A', parameters, strict: false, cache_control: {} },
      { type: 'function', name: 'b' },
      { type: 'web_search_preview_2025_03_11', search_context_size: 'low' },
      { type: 'image_generation' },
    ],
    tool_choice: { type: 'web_search_preview' },
    parallel_tool_calls: false,
  });
  assert.deepEqual(body.tools, [
    { type: 'function', name: 'a', description: 'A', strict: false, parameters },
    { type: 'function', name: 'b', parameters: { type: 'object', properties: {} } },
    { type: 'web_search', search_context_size: 'low' },
    { type: 'image_generation', output_format: 'png' },
  ]);
  assert.deepEqual(body.tool_choice, { type: 'web_search' });
  assert.equal(body.parallel_tool_calls, false);
  const lacking = build({ parallel_tool_calls: true }, { info: { hasParallelToolCalls: false } });
  assert.equal(lacking.body.parallel_tool_calls, undefined);
  assert.deepEqual(lacking.ignored, ['parallel_tool_calls']);
});

test('effort: the request over the configuration', () => {
  const reasoning = { effort: 'low' };
  assert.equal(build({ reasoning }, { config: { reasoningEffort: 'high' } }).body.reasoning.effort, 'low');
  assert.equal(build({}, { config: { reasoningEffort: 'high' } }).body.reasoning.effort, 'high');
});

test('effort is clamped to what the model takes', () => {
  const info = (efforts: ModelInfo['efforts'], defaultEffort?: ModelInfo['defaultEffort']) =>
    ({ efforts, defaultEffort }) as ModelInfo;
  const effortFor = (effort: ModelInfo['efforts'][number], of: ModelInfo) =>
    build({ reasoning: { effort } }, { info: of }).body.reasoning.effort;
  const usual = info(['low', 'medium', 'high'], 'medium');
  assert.equal(effortFor('high', usual), 'high');
  assert.equal(effortFor('xhigh', usual), 'high');
  assert.equal(effortFor('ultra', usual), 'high');
  assert.equal(effortFor('minimal', usual), 'low');
  assert.equal(effortFor('none', usual), 'low');
  assert.equal(effortFor('none', info(['none', 'low'])), 'none');
  assert.equal(effortFor('minimal', info(['none', 'minimal', 'low'])), 'low');
  assert.equal(effortFor('low', info(['medium', 'high'], 'high')), 'high');
  assert.equal(effortFor('ultra', info(['low', 'max'])), 'max');
  assert.equal(effortFor('ultra', info(['low', 'ultra'])), 'max');
  assert.equal(effortFor('max', info(['low', 'xhigh'])), 'xhigh');
});

test('a model gets only what it has: reasoning, summaries, verbosity, tiers', () => {
  const plain = build({ reasoning: { effort: 'high' } }, { info: { efforts: [] } });
  assert.equal(plain.body.reasoning, undefined);
  assert.equal(plain.body.include, undefined);
  assert.deepEqual(plain.ignored, ['reasoning.effort']);
  assert.equal(build({ reasoning: { summary: 'none' } }).body.reasoning.summary, undefined);
  assert.equal(build({ reasoning: { summary: 'detailed' } }).body.reasoning.summary, 'detailed');
  assert.equal(build({}, { info: { hasReasoningSummaries: false } }).body.reasoning.summary, undefined);
  const terse = build({ text: { verbosity: 'low' } }, { info: { hasVerbosity: false } });
  assert.equal(terse.body.text, undefined);
  assert.deepEqual(terse.ignored, ['text.verbosity']);
  const info = { serviceTiers: ['priority'] };
  assert.equal(build({ service_tier: 'fast' }, { info }).body.service_tier, 'priority');
  assert.equal(build({ service_tier: 'priority' }, { info }).body.service_tier, 'priority');
  for (const service_tier of ['priority', 'flex']) {
    const { body, ignored } = build({ service_tier });
    assert.equal(body.service_tier, undefined);
    assert.deepEqual(ignored, ['service_tier']);
  }
});

test('structured output keeps its schema under a name that is accepted', () => {
  const schema = { type: 'object' };
  const { body } = build({ text: { format: { type: 'json_schema', name: 'my answer', schema, strict: true } } });
  assert.match(body.text.format.name, /^my_answer_[0-9a-f]+$/);
  assert.deepEqual({ ...body.text.format, name: 'x' }, { type: 'json_schema', name: 'x', schema, strict: true });
  assert.equal(build({ text: { format: { type: 'text' } } }).body.text.format, undefined);
});

const system = { type: 'message', role: 'system', content: 'You are a cat.' };
const developer = { role: 'developer', content: [{ type: 'input_text', text: 'Say meow.' }] };

test('instructions auto: the client’s own leading texts, else a neutral one', () => {
  const { body } = build({ instructions: 'Be kind.', input: [system, developer, user, system] });
  assert.equal(body.instructions, 'Be kind.\nYou are a cat.\nSay meow.');
  assert.deepEqual(
    body.input.map(({ role }: Body) => role),
    ['user', 'developer'],
  );
  assert.equal(build({}).body.instructions, 'Be helpful.');
});

test('instructions auto: in JSON mode the texts stay where the backend looks for the word JSON', () => {
  const { body } = build({ input: [system, user], text: { format: { type: 'json_object' } } });
  assert.equal(body.instructions, 'Be helpful.');
  assert.equal(body.input.length, 2);
});

test('instructions auto: a request of nothing but instructions keeps something to answer', () => {
  const { body } = build({ input: [system] });
  assert.equal(body.input.length, 1);
});

test('Codex’s text where the backend insists or the operator wants it, with the client’s as developer items', () => {
  const givens: Given[] = [
    { insists: true },
    { config: { instructions: 'codex' } },
    { config: { instructions: 'file' } },
  ];
  for (const given of givens) {
    const { body } = build({ instructions: 'Be kind.', input: [system, user] }, given);
    assert.equal(body.instructions, 'Codex for gpt-5');
    assert.deepEqual(
      body.input.map(({ role, content }: Body) => [role, content[0].text]),
      [
        ['developer', 'Be kind.'],
        ['developer', 'You are a cat.'],
        ['user', 'Hello!'],
      ],
    );
  }
});

test('the prompt cache key stays the same through a conversation, and differs between conversations and clients', () => {
  const keyOf = (request: object, given?: Given) => build(request, given).body.prompt_cache_key;
  const start = { input: [system, user] };
  const later = {
    input: [system, user, { role: 'assistant', content: 'Meow.' }, developer, { ...user, content: 'Again!' }],
  };
  assert.equal(keyOf(later), keyOf(start));
  assert.notEqual(keyOf({ input: [user] }), keyOf(start));
  assert.notEqual(keyOf({ input: [system, { ...user, content: 'Bye!' }] }), keyOf(start));
  assert.notEqual(keyOf(start, { clientId: 'someone else' }), keyOf(start));
  assert.equal(keyOf({ prompt_cache_key: 'mine' }), 'mine');
});

test('headers name the conversation, in characters that headers can hold', () => {
  const { headers, body } = build({});
  assert.equal(headers.session_id, body.prompt_cache_key);
  assert.equal(headers['session-id'], body.prompt_cache_key);
  assert.equal(headers.conversation_id, body.prompt_cache_key);
  const odd = build({ prompt_cache_key: 'a\r\nb: ü' });
  for (const value of Object.values(odd.headers)) assert.match(value, /^[\w.:-]+$/);
});

test('the same request gives the same bytes, and is left as it was', () => {
  const request = { input: [system, user], tools: [{ type: 'function', name: 'a b' }] };
  const before = structuredClone(request);
  assert.equal(JSON.stringify(build(request).body), JSON.stringify(build(request).body));
  assert.deepEqual(request, before);
});
