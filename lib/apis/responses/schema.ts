/**
 * The request body of POST /v1/responses: its schema, and the type of a checked body. Lenient where the OpenAI
 * API and its clients are: unknown keys, items and tools pass, and null means "not given" wherever an SDK may send it.
 */
import {
  type ReasoningEffort,
  type ReasoningSummary,
  reasoningEfforts,
  reasoningSummaries,
  type ServiceTier,
  serviceTiers,
  type Verbosity,
  verbosities,
} from '../../canonical/types.ts';
import type { JsonSchema } from '../../json-schema.ts';
import {
  name,
  object,
  optionalFlag,
  optionalInteger,
  optionalList,
  optionalNumber,
  optionalObject,
  optionalOneOf,
  optionalText,
  optionalTextOr,
  schemaName,
  text,
  textIsOneOf,
  textOr,
  typed,
  whenType,
} from '../schema-parts.ts';

/** OpenAI's bounds of `metadata`: pairs, and characters of a value. */
const maxMetadataPairs = 16;

const optionalCount = optionalInteger(1);

const textPart = object({ text }, ['text']);

/** Content of a user's message. */
export const inputParts = {
  input_text: textPart,
  input_image: object({ image_url: optionalText, file_id: optionalText, detail: optionalText }),
  input_file: object({
    file_data: optionalText,
    file_id: optionalText,
    file_url: optionalText,
    filename: optionalText,
  }),
} as const satisfies Record<string, JsonSchema>;

/** Other types pass, here and below: the translation and the provider decide which are served. */
const part = typed({
  ...inputParts,
  output_text: textPart,
  text: textPart,
  refusal: object({ refusal: text }, ['refusal']),
});

const message = object(
  { role: { enum: ['user', 'assistant', 'system', 'developer'] }, content: optionalTextOr(part) },
  ['role', 'content'],
);

const callOutput = object({ call_id: name, output: textOr(part) }, ['call_id', 'output']);

const format: JsonSchema = {
  type: ['object', 'null'],
  required: ['type'],
  properties: { type: { enum: ['text', 'json_object', 'json_schema'] } },
  allOf: [
    whenType(
      { const: 'json_schema' },
      object({ name: schemaName, description: optionalText, schema: { type: 'object' }, strict: optionalFlag }, [
        'name',
        'schema',
      ]),
    ),
  ],
};

/** An item without a type is a message. */
const item: JsonSchema = {
  ...object({ type: text }),
  if: object({ type: {} }, ['type']),
  else: message,
  allOf: [
    whenType({ const: 'message' }, message),
    whenType(
      { const: 'function_call' },
      object({ call_id: name, name, arguments: text }, ['call_id', 'name', 'arguments']),
    ),
    whenType({ const: 'custom_tool_call' }, object({ call_id: name, name, input: text }, ['call_id', 'name', 'input'])),
    whenType({ enum: ['function_call_output', 'custom_tool_call_output'] }, callOutput),
    whenType({ const: 'item_reference' }, object({ id: name }, ['id'])),
    whenType(
      { const: 'configuration_update' },
      object({ reasoning: object({ effort: optionalOneOf(reasoningEfforts) }), text: object({ format }) }),
    ),
    whenType({ const: 'reasoning' }, object({ summary: optionalList(), encrypted_content: optionalText })),
  ],
};

const tool = typed({
  function: object({ name, description: optionalText, parameters: {}, strict: optionalFlag }, ['name']),
  custom: object({ name, description: optionalText, format: optionalObject }, ['name']),
  namespace: object({ name, tools: { type: 'array', items: object({ type: text }) } }, ['name']),
});

const toolChoice: JsonSchema = {
  ...{ type: ['string', 'object', 'null'], required: ['type'], properties: { type: text } },
  ...textIsOneOf(['none', 'auto', 'required']),
};

const properties = {
  model: name,
  type: optionalOneOf(['response.create']),
  stream_id: optionalText,
  input: optionalTextOr(item),
  instructions: optionalText,
  stream: optionalFlag,
  stream_options: optionalObject,
  store: optionalFlag,
  previous_response_id: optionalText,
  conversation: { type: ['string', 'object', 'null'] },
  prompt: optionalObject,
  background: optionalFlag,
  generate: optionalFlag,
  include: optionalList(text),

  tools: optionalList(tool),
  tool_choice: toolChoice,
  parallel_tool_calls: optionalFlag,
  max_tool_calls: optionalCount,

  text: {
    type: ['object', 'null'],
    properties: { format, verbosity: optionalOneOf(verbosities) },
  },
  reasoning: {
    type: ['object', 'null'],
    properties: {
      effort: optionalOneOf(reasoningEfforts),
      summary: optionalOneOf(reasoningSummaries),
      generate_summary: optionalOneOf(reasoningSummaries),
      mode: optionalText,
      context: optionalText,
    },
  },
  max_output_tokens: optionalCount,
  temperature: optionalNumber(0, 2),
  top_p: optionalNumber(0, 1),
  top_logprobs: optionalInteger(0, 20),
  truncation: optionalOneOf(['auto', 'disabled']),

  metadata: { type: ['object', 'null'], maxProperties: maxMetadataPairs, additionalProperties: text },
  client_metadata: optionalObject,
  user: optionalText,
  safety_identifier: optionalText,
  service_tier: optionalOneOf(serviceTiers),
  prompt_cache_key: optionalText,
  prompt_cache_retention: optionalText,
  prompt_cache_options: { type: ['object', 'null'], properties: { prewarm: optionalFlag } },
  context_management: { type: ['array', 'object', 'null'] },
  moderation: optionalObject,
} as const satisfies Record<string, JsonSchema>;

export const responsesRequestSchema: JsonSchema = object(properties, ['model']);

const looseItem = object({
  type: text,
  content: { type: ['string', 'array', 'null'], items: { type: 'object' } },
  encrypted_content: optionalText,
});

/** The fields that this server itself reads in a request to an upstream of the same API. */
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
  /** Sent by messages on a WebSocket, where every answer is a stream. */
  type?: 'response.create' | null;
  /** Of such a message: the connection's own. */
  stream_id?: string | null;
  input?: string | LooseItem[] | null;
  instructions?: string | null;
  stream?: boolean | null;
  stream_options?: object | null;
  store?: boolean | null;
  previous_response_id?: string | null;
  conversation?: string | object | null;
  prompt?: object | null;
  background?: boolean | null;
  /** When and at what price: here at once, at none. */
  /** `false`: answers nothing yet (Codex warms up its connection with it). */
  generate?: boolean | null;
  include?: string[] | null;

  tools?: LooseItem[] | null;
  tool_choice?: 'none' | 'auto' | 'required' | LooseItem | null;
  parallel_tool_calls?: boolean | null;
  max_tool_calls?: number | null;

  text?: { format?: LooseItem | null; verbosity?: Verbosity | null } | null;
  reasoning?: {
    effort?: ReasoningEffort | null;
    summary?: ReasoningSummary | null;
    /** The former name of `summary`. */
    generate_summary?: ReasoningSummary | null;
    mode?: string | null;
    context?: string | null;
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
  service_tier?: ServiceTier | null;
  prompt_cache_key?: string | null;
  prompt_cache_retention?: string | null;
  prompt_cache_options?: { prewarm?: boolean | null } | null;
  context_management?: unknown;
  moderation?: object | null;
}
