/** Writes a scripted answer as servers of Chat Completions and of Anthropic's Messages do, streamed or whole. */
import { signThinking } from './messages-refusals.ts';
import { type ScriptedItem, toPieces, toWords } from './scripted-answer.ts';

export interface FormOptions {
  model: string;
  /** Makes the ids of the answer and of its calls. Default `fake`. */
  id?: string;
}

/** What the scripted answers of Chat Completions say of their tokens. */
export const fakeChatUsage = {
  prompt_tokens: 12,
  completion_tokens: 7,
  total_tokens: 19,
  prompt_tokens_details: { cached_tokens: 4 },
  completion_tokens_details: { reasoning_tokens: 0 },
};
/** And those of Messages. */
const fakeMessageUsage = {
  input_tokens: 9,
  cache_read_input_tokens: 3,
  cache_creation_input_tokens: 0,
  output_tokens: 5,
};

const createdS = 1790000000;

interface Parts {
  reasoning: string[];
  texts: string[];
  calls: { id: string; name: string; input: string }[];
}

/** @throws for what neither API has */
function toParts(script: string | readonly ScriptedItem[], id = 'fake'): Parts {
  const parts: Parts = { reasoning: [], texts: [], calls: [] };
  for (const [index, item] of (typeof script === 'string' ? [{ text: script }] : script).entries()) {
    if ('text' in item) parts.texts.push([item.text].flat().join(''));
    else if ('reasoning' in item) parts.reasoning.push(...item.reasoning);
    else if ('call' in item) {
      const input = typeof item.arguments === 'string' ? item.arguments : JSON.stringify(item.arguments);
      parts.calls.push({ id: item.callId ?? `call_${id}_${index}`, name: item.call, input });
    } else throw new Error(`No such item in this API: ${JSON.stringify(item)}`);
  }
  return parts;
}

/** The chunks of a stream, without `[DONE]`; reasoning goes as `reasoning_content`. */
export function scriptChatChunks(
  script: string | readonly ScriptedItem[],
  { model, id }: FormOptions,
): Record<string, unknown>[] {
  const { reasoning, texts, calls } = toParts(script, id);
  const head = { id: `chatcmpl-${id ?? 'fake'}`, object: 'chat.completion.chunk', created: createdS, model };
  const chunk = (delta: object, finish_reason: string | null = null) => ({
    ...head,
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
  });
  return [
    chunk({ role: 'assistant', content: texts.length > 0 ? '' : null }),
    ...reasoning.flatMap(toWords).map((reasoning_content) => chunk({ reasoning_content })),
    ...texts.flatMap(toWords).map((content) => chunk({ content })),
    ...calls.flatMap(({ input, name, ...call }, index) => [
      chunk({ tool_calls: [{ index, ...call, type: 'function', function: { name, arguments: '' } }] }),
      ...toPieces(input).map((piece) => chunk({ tool_calls: [{ index, function: { arguments: piece } }] })),
    ]),
    chunk({}, calls.length > 0 ? 'tool_calls' : 'stop'),
    { ...head, choices: [], usage: fakeChatUsage },
  ];
}

export function scriptChatCompletion(script: string | readonly ScriptedItem[], { model, id }: FormOptions): object {
  const { reasoning, texts, calls } = toParts(script, id);
  const message = {
    role: 'assistant',
    content: texts.length > 0 ? texts.join('') : null,
    refusal: null,
    ...(reasoning.length > 0 && { reasoning_content: reasoning.join('') }),
    ...(calls.length > 0 && {
      tool_calls: calls.map((call) => ({
        id: call.id,
        type: 'function',
        function: { name: call.name, arguments: call.input },
      })),
    }),
  };
  const finish_reason = calls.length > 0 ? 'tool_calls' : 'stop';
  const choices = [{ index: 0, message, logprobs: null, finish_reason }];
  const head = { id: `chatcmpl-${id ?? 'fake'}`, object: 'chat.completion', created: createdS, model };
  return { ...head, choices, usage: fakeChatUsage };
}

interface Block {
  start: object;
  deltas: object[];
  whole: object;
}

function toBlocks({ reasoning, texts, calls }: Parts): Block[] {
  return [
    ...reasoning.map((thinking) => ({
      start: { type: 'thinking', thinking: '', signature: '' },
      deltas: [
        { type: 'thinking_delta', thinking },
        { type: 'signature_delta', signature: signThinking(thinking) },
      ],
      whole: { type: 'thinking', thinking, signature: signThinking(thinking) },
    })),
    ...texts.map((text) => ({
      start: { type: 'text', text: '' },
      deltas: toWords(text).map((word) => ({ type: 'text_delta', text: word })),
      whole: { type: 'text', text },
    })),
    ...calls.map(({ id, name, input }) => ({
      start: { type: 'tool_use', id, name, input: {} },
      deltas: toPieces(input).map((partial_json) => ({ type: 'input_json_delta', partial_json })),
      whole: { type: 'tool_use', id, name, input: JSON.parse(input) },
    })),
  ];
}

/** The answer that is not streamed. */
export function scriptMessage(script: string | readonly ScriptedItem[], { model, id }: FormOptions): object {
  const parts = toParts(script, id);
  return {
    id: `msg_${id ?? 'fake'}`,
    type: 'message',
    role: 'assistant',
    model,
    content: toBlocks(parts).map(({ whole }) => whole),
    stop_reason: parts.calls.length > 0 ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    usage: fakeMessageUsage,
  };
}

export function scriptMessageEvents(script: string | readonly ScriptedItem[], options: FormOptions): object[] {
  const message = scriptMessage(script, options) as { stop_reason: string };
  const usage = { ...fakeMessageUsage, output_tokens: 1 };
  return [
    { type: 'message_start', message: { ...message, content: [], stop_reason: null, usage } },
    ...toBlocks(toParts(script, options.id)).flatMap(({ start, deltas }, index) => [
      { type: 'content_block_start', index, content_block: start },
      ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
      { type: 'content_block_stop', index },
    ]),
    {
      type: 'message_delta',
      delta: { stop_reason: message.stop_reason, stop_sequence: null },
      usage: fakeMessageUsage,
    },
    { type: 'message_stop' },
  ];
}
