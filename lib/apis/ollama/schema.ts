/**
 * The request bodies of the Ollama API (ollama/ollama: `api/types.go`, `docs/api.md`): the schemas, and the types of checked
 * bodies. Unknown keys pass, as at Ollama.
 */
import type { JsonSchema } from '../../json-schema.ts';
import {
  maxStopSequences,
  name,
  object,
  optionalFlag,
  optionalInteger,
  optionalList,
  optionalNumber,
  optionalObject,
  optionalText,
  optionalTextOr,
  text,
  union,
} from '../schema-parts.ts';

/** Levels of `think`; the last one was added later, for newer models. */
export const thinkLevels = ['minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;

const keepAlive: JsonSchema = { type: ['string', 'number', 'null'] };

const images: JsonSchema = optionalList(name);

const options: JsonSchema = {
  type: ['object', 'null'],
  properties: {
    num_predict: optionalInteger(),
    temperature: optionalNumber(),
    top_p: optionalNumber(),
    top_k: optionalInteger(),
    seed: optionalInteger(),
    stop: { ...optionalTextOr(text), maxItems: maxStopSequences },
    presence_penalty: optionalNumber(),
    frequency_penalty: optionalNumber(),
  },
};

const shared = {
  model: name,
  stream: optionalFlag,
  format: { type: ['string', 'object', 'null'] },
  options,
  think: { type: ['boolean', 'string', 'null'] },
  keep_alive: keepAlive,
  truncate: optionalFlag,
  shift: optionalFlag,
  logprobs: optionalFlag,
  top_logprobs: optionalInteger(0),
} as const satisfies Record<string, JsonSchema>;

const toolCall = object(
  { id: optionalText, function: object({ name, arguments: { type: ['object', 'string', 'null'] } }, ['name']) },
  ['function'],
);

const message = union('role', {
  system: object({ content: optionalText }),
  developer: object({ content: optionalText }),
  user: object({ content: optionalText, images }),
  assistant: object({
    content: optionalText,
    thinking: optionalText,
    tool_calls: optionalList(toolCall),
  }),
  tool: object({
    content: optionalText,
    tool_name: optionalText,
    name: optionalText,
    tool_call_id: optionalText,
    images,
  }),
});

const tool = object(
  {
    type: optionalText,
    function: object({ name, description: optionalText, parameters: {} }, ['name']),
  },
  ['function'],
);

export const chatSchema: JsonSchema = object(
  {
    ...shared,
    messages: optionalList(message),
    tools: optionalList(tool),
  },
  ['model'],
);

export const generateSchema: JsonSchema = object(
  {
    ...shared,
    prompt: optionalText,
    suffix: optionalText,
    system: optionalText,
    template: optionalText,
    raw: optionalFlag,
    context: optionalList(),
    images,
    width: { type: ['number', 'null'] },
    height: { type: ['number', 'null'] },
    steps: { type: ['number', 'null'] },
  },
  ['model'],
);

export const embedSchema: JsonSchema = object(
  {
    model: name,
    input: optionalTextOr(text),
    dimensions: optionalInteger(1),
    truncate: optionalFlag,
    options: optionalObject,
    keep_alive: keepAlive,
  },
  ['model'],
);

export const embeddingsSchema: JsonSchema = object(
  { model: name, prompt: optionalText, options: optionalObject, keep_alive: keepAlive },
  ['model'],
);

/** Requests about a model; `name` is the older word for it. */
export const namedModelSchema: JsonSchema = object({ model: optionalText, name: optionalText, stream: optionalFlag });

interface OllamaOptions {
  num_predict?: number | null;
  temperature?: number | null;
  top_p?: number | null;
  top_k?: number | null;
  seed?: number | null;
  stop?: string | string[] | null;
  presence_penalty?: number | null;
  frequency_penalty?: number | null;
}

interface SharedFields {
  model: string;
  /** Absent: true. */
  stream?: boolean | null;
  /** `json`, or a JSON schema. */
  format?: string | Record<string, unknown> | null;
  options?: OllamaOptions | null;
  think?: boolean | string | null;
  keep_alive?: string | number | null;
  /** Leave out the oldest messages, or the oldest tokens while it answers, where the context is too small? */
  truncate?: boolean | null;
  shift?: boolean | null;
  logprobs?: boolean | null;
  top_logprobs?: number | null;
}

export interface OllamaToolCall {
  id?: string | null;
  function: { name: string; arguments?: Record<string, unknown> | string | null };
}

export type OllamaMessage =
  | { role: 'system' | 'developer'; content?: string | null }
  | { role: 'user'; content?: string | null; images?: string[] | null }
  | { role: 'assistant'; content?: string | null; thinking?: string | null; tool_calls?: OllamaToolCall[] | null }
  | {
      role: 'tool';
      content?: string | null;
      tool_name?: string | null;
      name?: string | null;
      tool_call_id?: string | null;
      images?: string[] | null;
    };

export interface OllamaTool {
  type?: string | null;
  function: { name: string; description?: string | null; parameters?: unknown };
}

/** A body that `chatSchema` has passed. */
export interface ChatBody extends SharedFields {
  messages?: OllamaMessage[] | null;
  tools?: OllamaTool[] | null;
}

/** A body that `generateSchema` has passed. */
export interface GenerateBody extends SharedFields {
  prompt?: string | null;
  suffix?: string | null;
  system?: string | null;
  template?: string | null;
  raw?: boolean | null;
  context?: unknown[] | null;
  images?: string[] | null;
  /** Of the picture that a model which draws is asked for. */
  width?: number | null;
  height?: number | null;
  steps?: number | null;
}

/** A body that `embedSchema` has passed. */
export interface EmbedBody {
  model: string;
  input?: string | string[] | null;
  dimensions?: number | null;
  truncate?: boolean | null;
}

/** A body that `embeddingsSchema` has passed. */
export interface EmbeddingsBody {
  model: string;
  prompt?: string | null;
}

/** A body that `namedModelSchema` has passed. */
export interface NamedModelBody {
  model?: string | null;
  name?: string | null;
  stream?: boolean | null;
}
