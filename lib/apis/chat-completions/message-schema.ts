/** The schema of a Chat Completions request's messages, and the types of checked ones. */
import {
  name,
  object,
  optionalList,
  optionalOneOf,
  optionalText,
  optionalTextOr,
  text,
  textOr,
  union,
} from '../schema-parts.ts';

const textPart = object({ text }, ['text']);

export const textParts = union('type', { text: textPart });

const anyPart = union('type', {
  text: textPart,
  image_url: object(
    {
      image_url: {
        type: ['object', 'string'],
        required: ['url'],
        properties: { url: text, detail: optionalOneOf(['auto', 'low', 'high', 'original']) },
      },
    },
    ['image_url'],
  ),
  file: object({ file: object({ file_data: optionalText, file_id: optionalText, filename: optionalText }) }, ['file']),
  input_audio: object({ input_audio: { type: 'object' } }, ['input_audio']),
});

const calledFunction = object({ name, arguments: text }, ['name', 'arguments']);

export const message = union('role', {
  system: object({ content: textOr(textParts) }, ['content']),
  developer: object({ content: textOr(textParts) }, ['content']),
  user: object({ content: { ...textOr(anyPart), minItems: 1 } }, ['content']),
  assistant: object({
    content: optionalTextOr(union('type', { text: textPart, refusal: object({ refusal: text }, ['refusal']) })),
    refusal: optionalText,
    tool_calls: optionalList(
      union('type', {
        function: object({ id: text, function: calledFunction }, ['id', 'function']),
        custom: object({ id: text, custom: object({ name, input: text }, ['name', 'input']) }, ['id', 'custom']),
      }),
    ),
    function_call: { ...calledFunction, type: ['object', 'null'] },
  }),
  tool: object({ tool_call_id: text, content: optionalTextOr(anyPart) }, ['tool_call_id', 'content']),
  function: object({ name, content: optionalText }, ['name']),
});

export interface TextPart {
  type: 'text';
  text: string;
}

export type ContentPart =
  | TextPart
  | { type: 'image_url'; image_url: string | { url: string; detail?: 'auto' | 'low' | 'high' | 'original' | null } }
  | { type: 'file'; file: { file_data?: string | null; file_id?: string | null; filename?: string | null } }
  | { type: 'input_audio'; input_audio: object };

type AssistantPart = TextPart | { type: 'refusal'; refusal: string };

type ChatToolCall =
  | { type: 'function'; id: string; function: { name: string; arguments: string } }
  | { type: 'custom'; id: string; custom: { name: string; input: string } };

export interface AssistantMessage {
  role: 'assistant';
  content?: string | AssistantPart[] | null;
  refusal?: string | null;
  tool_calls?: ChatToolCall[] | null;
  function_call?: { name: string; arguments: string } | null;
  /** Of other servers, unchecked: the reasoning that led to this message. */
  reasoning_content?: unknown;
  reasoning?: unknown;
  reasoning_details?: unknown;
}

export type ChatMessage =
  | { role: 'system' | 'developer'; content: string | TextPart[] }
  | { role: 'user'; content: string | ContentPart[] }
  | AssistantMessage
  | { role: 'tool'; tool_call_id: string; content: string | ContentPart[] | null }
  | { role: 'function'; name: string; content?: string | null };
