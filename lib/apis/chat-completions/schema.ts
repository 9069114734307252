/**
 * The request body of POST /v1/chat/completions: its schema, and the type of a checked body. Lenient where
 * the OpenAI API and its clients are: unknown keys pass, and null means "not given" wherever an SDK may send it.
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
import { responsesRequestSchema } from '../responses/schema.ts';
import {
  name,
  object,
  optionalFlag,
  optionalInteger,
  optionalList,
  optionalObject,
  optionalOneOf,
  optionalText,
  samplingProperties,
  schemaName,
  stopProperty,
  text,
  textIsOneOf,
  textOr,
  union,
} from '../schema-parts.ts';
import { type ChatMessage, message, textParts } from './message-schema.ts';
import {
  type ChatTool,
  type FunctionDefinition,
  functionDefinition,
  searchOptions,
  type ToolChoice,
  tool,
  toolChoice,
  type WebSearchOptions,
} from './tool-schema.ts';

/** Highest `n`, as OpenAI has it. */
const maxChoices = 128;

export const chatProperties = {
  model: name,
  messages: { type: 'array', minItems: 1, items: message },
  stream: optionalFlag,
  stream_options: {
    type: ['object', 'null'],
    properties: { include_usage: optionalFlag, include_obfuscation: optionalFlag },
  },
  n: optionalInteger(1, maxChoices),

  tools: optionalList(tool),
  tool_choice: toolChoice,
  parallel_tool_calls: optionalFlag,
  functions: optionalList(functionDefinition),
  function_call: {
    type: ['string', 'object', 'null'],
    required: ['name'],
    properties: { name },
    ...textIsOneOf(['none', 'auto']),
  },
  web_search_options: {
    type: ['object', 'null'],
    properties: searchOptions,
  },

  response_format: union(
    'type',
    {
      text: object({}),
      json_object: object({}),
      json_schema: object(
        {
          json_schema: object(
            {
              name: schemaName,
              description: optionalText,
              schema: optionalObject,
              strict: optionalFlag,
            },
            ['name'],
          ),
        },
        ['json_schema'],
      ),
    },
    ['object', 'null'],
  ),
  verbosity: optionalOneOf(verbosities),
  modalities: optionalList({ type: 'string', enum: ['text', 'audio'] }),
  audio: optionalObject,

  reasoning_effort: optionalOneOf(reasoningEfforts),
  reasoning: {
    type: ['object', 'null'],
    properties: {
      effort: optionalOneOf(reasoningEfforts),
      summary: optionalOneOf(reasoningSummaries),
      enabled: optionalFlag,
    },
  },
  thinking: { type: ['object', 'boolean', 'null'], properties: { type: text } },
  enable_thinking: optionalFlag,

  stop: stopProperty,
  max_tokens: optionalInteger(1),
  max_completion_tokens: optionalInteger(1),

  ...samplingProperties,
  top_k: optionalInteger(),
  logprobs: optionalFlag,
  top_logprobs: optionalInteger(0, 20),
  prediction: {
    type: ['object', 'null'],
    required: ['type', 'content'],
    properties: { type: { const: 'content' }, content: textOr(textParts) },
  },

  user: optionalText,
  safety_identifier: optionalText,
  metadata: { type: ['object', 'null'], additionalProperties: { type: 'string' } },
  store: optionalFlag,
  service_tier: optionalOneOf(serviceTiers),
  prompt_cache_key: optionalText,
  prompt_cache_retention: optionalText,
  prompt_cache_options: optionalObject,
  moderation: optionalObject,
} as const satisfies Record<string, JsonSchema>;

const chatSchema: JsonSchema = object(chatProperties, ['model', 'messages']);

/** Either form of the request: this API's, or that of the Responses API. */
export const chatRequestSchema: JsonSchema = {
  if: { required: ['input'], not: { required: ['messages'] } },
  // biome-ignore lint/suspicious/noThenProperty: a JSON Schema keyword
  then: responsesRequestSchema,
  else: chatSchema,
};

/** The fields that this server itself reads in a request that it passes on. */
export const chatOutlineSchema: JsonSchema = object(
  { model: name, stream: optionalFlag, messages: { type: 'array' } },
  ['model', 'messages'],
);

type ResponseFormat =
  | { type: 'text' }
  | { type: 'json_object' }
  | {
      type: 'json_schema';
      json_schema: {
        name: string;
        description?: string | null;
        schema?: Record<string, unknown> | null;
        strict?: boolean | null;
      };
    };

/** A body that `chatRequestSchema` has passed. */
export interface ChatRequest {
  model: string;
  messages: ChatMessage[];
  stream?: boolean | null;
  stream_options?: { include_usage?: boolean | null } | null;
  n?: number | null;

  tools?: (ChatTool | { type: string })[] | null;
  tool_choice?: ToolChoice | null;
  parallel_tool_calls?: boolean | null;
  functions?: FunctionDefinition[] | null;
  function_call?: 'none' | 'auto' | { name: string } | null;
  web_search_options?: WebSearchOptions | null;

  response_format?: ResponseFormat | null;
  verbosity?: Verbosity | null;
  modalities?: string[] | null;
  audio?: object | null;

  reasoning_effort?: ReasoningEffort | null;
  reasoning?: {
    effort?: ReasoningEffort | null;
    summary?: ReasoningSummary | null;
    enabled?: boolean | null;
  } | null;
  /** De-facto switches of other servers; here they mean on or off. */
  thinking?: boolean | { type?: string } | null;
  enable_thinking?: boolean | null;

  stop?: string | string[] | null;
  max_tokens?: number | null;
  max_completion_tokens?: number | null;

  temperature?: number | null;
  top_p?: number | null;
  /** Of other servers. */
  top_k?: number | null;
  presence_penalty?: number | null;
  frequency_penalty?: number | null;
  logit_bias?: Record<string, number> | null;
  logprobs?: boolean | null;
  top_logprobs?: number | null;
  seed?: number | null;
  prediction?: object | null;

  user?: string | null;
  safety_identifier?: string | null;
  metadata?: Record<string, string> | null;
  store?: boolean | null;
  service_tier?: ServiceTier | null;
  prompt_cache_key?: string | null;
  prompt_cache_retention?: string | null;
  prompt_cache_options?: object | null;
  moderation?: object | null;
}
