/**
 * The request body of POST /v1/responses: what is checked, and the type that a checked body has. Lenient where the OpenAI
 * API and its clients are: unknown keys, items and tools pass, and null means "not given" wherever an SDK may send it.
 */
import type { ReasoningEffort } from '../../canonical/types.ts';
import type { JsonSchema } from '../../json-schema.ts';

export const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max', 'ultra'] as const;
export const summaries = ['auto', 'concise', 'detailed', 'none'] as const;
/** OpenAI's bounds of `metadata`: pairs, and characters of a value. */
const maxMetadataPairs = 16;

const text = { type: 'string' } as const;
const optionalText = { type: ['string', 'null'] } as const;
const optionalFlag = { type: ['boolean', 'null'] } as const;
const optionalObject = { type: ['object', 'null'] } as const;
const name = { type: 'string', minLength: 1 } as const;
const optionalCount = { type: ['integer', 'null'], minimum: 1 } as const;

function object(properties: Record<string, JsonSchema>, required: readonly string[] = []): JsonSchema {
  return { type: 'object', required, properties };
}

function optionalOneOf(values: readonly string[]): JsonSchema {
  return { type: ['string', 'null'], enum: [...values, null] };
}

/** What an object of a type must have. Other types pass: which are served is for the translation and the provider to say. */
function whenType(
  type: JsonSchema,
  properties: Record<string, JsonSchema>,
  required: readonly string[] = [],
): JsonSchema {
  // biome-ignore lint/suspicious/noThenProperty: a JSON Schema keyword
  return { if: object({ type }, ['type']), then: object(properties, required) };
}

const part: JsonSchema = {
  ...object({ type: text }, ['type']),
  allOf: [
    whenType({ enum: ['input_text', 'output_text', 'text'] }, { text }, ['text']),
    whenType({ const: 'refusal' }, { refusal: text }, ['refusal']),
    whenType({ const: 'input_image' }, { image_url: optionalText, file_id: optionalText, detail: optionalText }),
    whenType(
      { const: 'input_file' },
      { file_data: optionalText, file_id: optionalText, file_url: optionalText, filename: optionalText },
    ),
  ],
};

const content: JsonSchema = { type: ['string', 'array', 'null'], items: part };

const message = { role: { enum: ['user', 'assistant', 'system', 'developer'] }, content };

const callOutput: JsonSchema = { type: ['string', 'array'], items: part };

/** An item without a type is a message. */
const item: JsonSchema = {
  ...object({ type: text }),
  if: object({ type: {} }, ['type']),
  else: object(message, ['role', 'content']),
  allOf: [
    whenType({ const: 'message' }, message, ['role', 'content']),
    whenType({ const: 'function_call' }, { call_id: name, name, arguments: text }, ['call_id', 'name', 'arguments']),
    whenType({ const: 'custom_tool_call' }, { call_id: name, name, input: text }, ['call_id', 'name', 'input']),
    whenType({ enum: ['function_call_output', 'custom_tool_call_output'] }, { call_id: name, output: callOutput }, [
      'call_id',
      'output',
    ]),
    whenType({ const: 'item_reference' }, { id: name }, ['id']),
    whenType({ const: 'reasoning' }, { summary: { type: ['array', 'null'] }, encrypted_content: optionalText }),
  ],
};

const tool: JsonSchema = {
  ...object({ type: text }, ['type']),
  allOf: [
    whenType(
      { const: 'function' },
      { name, description: optionalText, parameters: optionalObject, strict: optionalFlag },
      ['name'],
    ),
    whenType({ const: 'custom' }, { name, description: optionalText, format: optionalObject }, ['name']),
    whenType({ const: 'namespace' }, { name, tools: { type: 'array', items: object({ type: text }) } }, ['name']),
  ],
};

const toolChoice: JsonSchema = {
  ...{ type: ['string', 'object', 'null'], required: ['type'], properties: { type: text } },
  if: { type: 'string' },
  // biome-ignore lint/suspicious/noThenProperty: a JSON Schema keyword
  then: { enum: ['none', 'auto', 'required'] },
};

const format: JsonSchema = {
  type: ['object', 'null'],
  required: ['type'],
  properties: { type: { enum: ['text', 'json_object', 'json_schema'] } },
  allOf: [
    whenType(
      { const: 'json_schema' },
      {
        name: { type: 'string', maxLength: 64, pattern: '^[a-zA-Z0-9_-]+$' },
        description: optionalText,
        schema: { type: 'object' },
        strict: optionalFlag,
      },
      ['name', 'schema'],
    ),
  ],
};

const properties = {
  model: { type: 'string', minLength: 1 },
  type: optionalOneOf(['response.create']),
  input: { type: ['string', 'array', 'null'], items: item },
  instructions: optionalText,
  stream: optionalFlag,
  stream_options: optionalObject,
  store: optionalFlag,
  previous_response_id: optionalText,
  conversation: { type: ['string', 'object', 'null'] },
  prompt: optionalObject,
  background: optionalFlag,
  generate: optionalFlag,
  include: { type: ['array', 'null'], items: text },

  tools: { type: ['array', 'null'], items: tool },
  tool_choice: toolChoice,
  parallel_tool_calls: optionalFlag,
  max_tool_calls: optionalCount,

  text: {
    type: ['object', 'null'],
    properties: { format, verbosity: optionalOneOf(['low', 'medium', 'high']) },
  },
  reasoning: {
    type: ['object', 'null'],
    properties: {
      effort: optionalOneOf(efforts),
      summary: optionalOneOf(summaries),
      generate_summary: optionalOneOf(summaries),
    },
  },
  max_output_tokens: optionalCount,
  temperature: { type: ['number', 'null'], minimum: 0, maximum: 2 },
  top_p: { type: ['number', 'null'], minimum: 0, maximum: 1 },
  top_logprobs: { type: ['integer', 'null'], minimum: 0, maximum: 20 },
  truncation: optionalOneOf(['auto', 'disabled']),

  metadata: { type: ['object', 'null'], maxProperties: maxMetadataPairs, additionalProperties: text },
  client_metadata: optionalObject,
  user: optionalText,
  safety_identifier: optionalText,
  service_tier: optionalOneOf(['auto', 'default', 'flex', 'scale', 'priority', 'fast', 'ultrafast']),
  prompt_cache_key: optionalText,
  prompt_cache_retention: optionalText,
  prompt_cache_options: optionalObject,
  context_management: { type: ['array', 'object', 'null'] },
  moderation: optionalObject,
} as const satisfies Record<string, JsonSchema>;

export const responsesRequestSchema: JsonSchema = object(properties, ['model']);

const looseItem = object({
  type: text,
  content: { type: ['string', 'array', 'null'], items: { type: 'object' } },
  encrypted_content: optionalText,
});

/** What this server itself reads of a request that goes to an upstream of the same API. */
export const responsesOutlineSchema: JsonSchema = object(
  {
    model: properties.model,
    type: properties.type,
    input: { type: ['string', 'array', 'null'], items: looseItem },
    instructions: optionalText,
    stream: optionalFlag,
    store: optionalFlag,
    previous_response_id: optionalText,
    generate: optionalFlag,
    tools: { type: ['array', 'null'], items: { type: 'object' } },
    reasoning: optionalObject,
    text: optionalObject,
    max_output_tokens: { type: ['integer', 'null'] },
    metadata: optionalObject,
  },
  ['model'],
);

export interface LooseItem {
  type?: string;
  [key: string]: unknown;
}

/** A body that `responsesRequestSchema` has passed. */
export interface ResponsesRequest {
  model: string;
  /** As a message on a WebSocket has it, where every answer is a stream. */
  type?: 'response.create' | null;
  input?: string | LooseItem[] | null;
  instructions?: string | null;
  stream?: boolean | null;
  stream_options?: object | null;
  store?: boolean | null;
  previous_response_id?: string | null;
  conversation?: string | object | null;
  prompt?: object | null;
  background?: boolean | null;
  /** `false`: nothing is to be answered yet (Codex warms its connection up with it). */
  generate?: boolean | null;
  include?: string[] | null;

  tools?: LooseItem[] | null;
  tool_choice?: 'none' | 'auto' | 'required' | LooseItem | null;
  parallel_tool_calls?: boolean | null;
  max_tool_calls?: number | null;

  text?: { format?: LooseItem | null; verbosity?: 'low' | 'medium' | 'high' | null } | null;
  reasoning?: {
    effort?: ReasoningEffort | null;
    summary?: (typeof summaries)[number] | null;
    /** The name that `summary` had. */
    generate_summary?: (typeof summaries)[number] | null;
  } | null;
  max_output_tokens?: number | null;
  temperature?: number | null;
  top_p?: number | null;
  top_logprobs?: number | null;
  truncation?: 'auto' | 'disabled' | null;

  metadata?: Record<string, string> | null;
  client_metadata?: object | null;
  user?: string | null;
  safety_identifier?: string | null;
  service_tier?: 'auto' | 'default' | 'flex' | 'scale' | 'priority' | 'fast' | 'ultrafast' | null;
  prompt_cache_key?: string | null;
  prompt_cache_retention?: string | null;
  prompt_cache_options?: object | null;
  context_management?: unknown;
  moderation?: object | null;
}
