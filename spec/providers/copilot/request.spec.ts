import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { writeServerState } from '../../../lib/apis/chat-completions/server-state.ts';
import type { CanonicalRequest } from '../../../lib/canonical/types.ts';
import { configSchema } from '../../../lib/config/schema.ts';
import { toCopilotChatBody } from '../../../lib/providers/copilot/chat.ts';
import { toResponsesBody } from '../../../lib/providers/copilot/responses.ts';
import type { ModelInfo } from '../../../lib/providers/provider.ts';

const { reasoningEffort, reasoningSummary, textVerbosity } = configSchema.properties;
const defaults = {
  reasoningEffort: reasoningEffort.default,
  reasoningSummary: reasoningSummary.default,
  textVerbosity: textVerbosity.default,
} as const;

interface Setup {
  info?: Partial<ModelInfo>;
  omit?: readonly string[];
  config?: object;
}

function build(write: typeof toResponsesBody, request: Partial<CanonicalRequest>, { info, omit, config }: Setup = {}) {
  const ignored: string[] = [];
  const model = { id: 'm', createdS: 0, ownedBy: 'x', efforts: [], ...info };
  const { body, honours } = write({ model: 'm', stream: true, input: [hello], ...request } as CanonicalRequest, {
    model: { requested: 'm', id: 'm', provider: { name: 'copilot' } as never, info: model as ModelInfo },
    ignore: (param) => ignored.push(param),
    config: { ...defaults, ...config },
    omit: new Set(omit),
  });
  return { body, honours, ignored };
}

const hello: CanonicalRequest['input'][number] = {
  type: 'message',
  role: 'user',
  content: [{ type: 'input_text', text: 'Hello' }],
};
const reasons = { info: { efforts: ['low', 'high'] as ModelInfo['efforts'] } };

test('a plain request is a plain body', () => {
  const { body, honours, ignored } = build(toResponsesBody, {});
  assert.deepEqual(body, { model: 'm', input: [hello], store: false, stream: true });
  assert.deepEqual([honours, ignored], [[], []]);
});

test('a model that reasons is asked how hard, for a summary, and for what the next turn needs', () => {
  const { body } = build(toResponsesBody, {}, reasons);
  assert.deepEqual(body.reasoning, { effort: 'low', summary: 'auto' });
  assert.deepEqual(body.include, ['reasoning.encrypted_content']);
  const none = build(toResponsesBody, {}, { ...reasons, config: { reasoningSummary: 'none' } });
  assert.deepEqual(none.body.reasoning, { effort: 'low' });
});

test('verbosity is the client’s, else what the configuration has changed', () => {
  const verbosityOf = (request: Partial<CanonicalRequest>, setup: Setup) =>
    (build(toResponsesBody, request, setup).body.text as { verbosity?: string } | undefined)?.verbosity;
  assert.equal(verbosityOf({}, reasons), undefined);
  assert.equal(verbosityOf({}, { ...reasons, config: { textVerbosity: 'low' } }), 'low');
  assert.equal(verbosityOf({}, { config: { textVerbosity: 'low' } }), undefined);
  assert.equal(verbosityOf({ text: { verbosity: 'high' } }, {}), 'high');
});

test('what nobody stored cannot be gone on from', () => {
  const refused = (request: object) => () => build(toResponsesBody, request as Partial<CanonicalRequest>);
  assert.throws(refused({ previous_response_id: 'resp_1' }), { code: 'OC_UNSUPPORTED_PARAMETER' });
  assert.throws(refused({ input: [{ type: 'item_reference', id: 'x' }] }), {
    message: /GitHub Copilot stores nothing/,
  });
});

test('what a model has refused is left out: named, or done here', () => {
  const asked = { temperature: 0.5, max_output_tokens: 100, stop: ['x'], parallel_tool_calls: true, tools: [tool] };
  const omit = [
    'temperature',
    'max_output_tokens',
    'max_tokens',
    'max_completion_tokens',
    'stop',
    'parallel_tool_calls',
  ];
  for (const write of [toResponsesBody, toCopilotChatBody]) {
    const { body, honours, ignored } = build(write, asked, { omit });
    for (const field of omit) assert.equal(body[field], undefined, field);
    assert.deepEqual([honours, ignored.sort()], [[], ['parallel_tool_calls', 'temperature']]);
  }
});

const tool = { type: 'function', name: 'f', parameters: null, strict: null } as const;

test('one limit of tokens is tried after the other', () => {
  const bodyWithout = (...omit: string[]) => build(toCopilotChatBody, { max_output_tokens: 9 }, { omit }).body;
  assert.equal(bodyWithout().max_tokens, 9);
  assert.equal(bodyWithout('max_tokens').max_completion_tokens, 9);
  assert.equal(bodyWithout('max_tokens', 'max_completion_tokens').max_completion_tokens, undefined);
});

test('a model that calls one tool at a time is not asked for more', () => {
  for (const write of [toResponsesBody, toCopilotChatBody]) {
    const setup = { info: { hasParallelToolCalls: false } };
    const { body, ignored } = build(write, { tools: [tool], parallel_tool_calls: true }, setup);
    assert.equal(body.parallel_tool_calls, undefined);
    assert.deepEqual(ignored, ['parallel_tool_calls']);
    assert.equal(build(write, { tools: [tool], parallel_tool_calls: false }, setup).body.parallel_tool_calls, false);
  }
});

test('reasoning goes back to where it came from', () => {
  const opaque = { type: 'reasoning' as const, id: 'rs_1', summary: [], encrypted_content: 'b3BhcXVl' };
  const answer = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hi.' }] } as never;
  const input = [hello, opaque, answer, hello];
  const { body: responses } = build(toResponsesBody, { input });
  assert.deepEqual((responses.input as object[])[1], { type: 'reasoning', summary: [], encrypted_content: 'b3BhcXVl' });
  // The backend's other path knows it in another form, which names its model.
  const state = (model: string) => ({
    ...opaque,
    encrypted_content: writeServerState({ opaque: 'b3BhcXVl' }, { provider: 'copilot', model }),
  });
  const opaqueOf = (given: object) =>
    (
      build(toCopilotChatBody, { input: [hello, given, answer, hello] as never }).body.messages as Record<
        string,
        unknown
      >[]
    )[1]!.reasoning_opaque;
  assert.equal(opaqueOf(state('m')), 'b3BhcXVl');
  for (const given of [opaque, state('other')]) assert.equal(opaqueOf(given), undefined);
  const { body } = build(toResponsesBody, { input: [hello, state('m') as never, hello] });
  assert.equal((body.input as object[]).length, 2);
});

test('names of tools are ones that the backend takes, the same wherever they stand', () => {
  const call = (name: string) => ({ type: 'function_call', call_id: 'c', name, arguments: '{}' }) as const;
  const output = { type: 'function_call_output', call_id: 'c', output: 'x' } as const;
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 100 }), (name) => {
      const request: Partial<CanonicalRequest> = {
        input: [hello, call(name), output],
        tools: [{ ...tool, name }],
        tool_choice: { type: 'function', name },
      };
      const { body } = build(toResponsesBody, request);
      const sent = [
        (body.tools as { name: string }[])[0]!.name,
        (body.tool_choice as { name: string }).name,
        (body.input as { name: string }[])[1]!.name,
      ];
      assert.match(sent[0]!, /^[\w-]{1,64}$/);
      assert.equal(new Set(sent).size, 1);

      const { body: chat } = build(toCopilotChatBody, request);
      const messages = chat.messages as { tool_calls?: { function: { name: string } }[] }[];
      assert.equal(messages[1]!.tool_calls![0]!.function.name, sent[0]);
      assert.equal((chat.tools as { function: { name: string } }[])[0]!.function.name, sent[0]);
    }),
  );
});
