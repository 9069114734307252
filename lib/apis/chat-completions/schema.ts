/**
 * The request body of POST /v1/chat/completions: what is checked, and the type that a checked body has. Lenient where
 * the OpenAI API and its clients are: unknown keys pass, and null means "not given" wherever an SDK may send it.
 */
import type { ReasoningEffort } from '../../canonical/types.ts';
import type { JsonSchema } from '../../json-schema.ts';
import { responsesRequestSchema } from '../responses/schema.ts';
import {
  name,
  object,
  optionalFlag,
  optionalInteger,
  optionalObject,
  optionalOneOf,
  optionalText,
  samplingProperties,
  stopProperty,
  text,
  union,
} from '../schema-parts.ts';
import type { Place } from '../search-location.ts';

/** Highest `n`, as OpenAI has it. */
const maxChoices = 128;

export const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max', 'ultra'] as const;
export const summaries = ['auto', 'concise', 'detailed', 'none'] as const;
export const verbosities = ['low', 'medium', 'high'] as const;

function textOr(parts: JsonSchema, extra: JsonSchema = {}): JsonSchema {
  return { type: ['string', 'array'], items: parts, ...extra };
}

function optionalTextOr(parts: JsonSchema): JsonSchema {
  return { type: ['string', 'array', 'null'], items: parts };
}

const textPart = object({ text }, ['text']);

const textParts = union('type', { text: textPart });

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

const message = union('role', {
  system: object({ content: textOr(textParts) }, ['content']),
  developer: object({ content: textOr(textParts) }, ['content']),
  user: object({ content: textOr(anyPart, { minItems: 1 }) }, ['content']),
  assistant: object({
    content: optionalTextOr(union('type', { text: textPart, refusal: object({ refusal: text }, ['refusal']) })),
    refusal: optionalText,
    tool_calls: {
      type: ['array', 'null'],
      items: union('type', {
        function: object({ id: text, function: calledFunction }, ['id', 'function']),
        custom: object({ id: text, custom: object({ name, input: text }, ['name', 'input']) }, ['id', 'custom']),
      }),
    },
    function_call: { ...calledFunction, type: ['object', 'null'] },
  }),
  tool: object({ tool_call_id: text, content: optionalTextOr(anyPart) }, ['tool_call_id', 'content']),
  function: object({ name, content: optionalText }, ['name']),
});

const functionDefinition = object(
  { name, description: optionalText, parameters: optionalObject, strict: optionalFlag },
  ['name'],
);

const customDefinition = object(
  {
    name,
    description: optionalText,
    format: union(
      'type',
      {
        text: object({}),
        grammar: object(
          {
            grammar: object({ syntax: { type: 'string', enum: ['lark', 'regex'] }, definition: text }, [
              'syntax',
              'definition',
            ]),
          },
          ['grammar'],
        ),
      },
      ['object', 'null'],
    ),
  },
  ['name'],
);

const approximateLocation = {
  city: optionalText,
  country: optionalText,
  region: optionalText,
  timezone: optionalText,
} as const;

const searchContextSize = optionalOneOf(['low', 'medium', 'high']);

/** Chat Completions nests the place in `approximate`; the Responses API, whose tools some clients send, does not. */
const userLocation: JsonSchema = {
  type: ['object', 'null'],
  properties: { ...approximateLocation, approximate: { type: ['object', 'null'], properties: approximateLocation } },
};

/** Which tool types are served is for the translation to say, so no `discriminator` here. */
const tool: JsonSchema = {
  ...object({ type: text }, ['type']),
  allOf: [
    whenType({ const: 'function' }, nestedOrFlat('function', functionDefinition)),
    whenType({ const: 'custom' }, nestedOrFlat('custom', customDefinition, object({ name }, ['name']))),
    whenType(
      { type: 'string', pattern: '^web_search' },
      object({ search_context_size: searchContextSize, user_location: userLocation, filters: optionalObject }),
    ),
  ],
};

/** What is in an object of its own, or beside the `type`, as the Responses API has it. */
function nestedOrFlat(key: string, nested: JsonSchema, flat: JsonSchema = nested): JsonSchema {
  return {
    if: { required: ['name'], not: { required: [key] } },
    // biome-ignore lint/suspicious/noThenProperty: a JSON Schema keyword
    then: flat,
    else: object({ [key]: nested }, [key]),
  };
}

function whenType(type: JsonSchema, schema: JsonSchema): JsonSchema {
  // biome-ignore lint/suspicious/noThenProperty: a JSON Schema keyword
  return { if: object({ type }, ['type']), then: schema };
}

const toolReferences = {
  function: nestedOrFlat('function', object({ name }, ['name'])),
  custom: nestedOrFlat('custom', object({ name }, ['name'])),
};

const allowedTools = object(
  {
    mode: { type: 'string', enum: ['auto', 'required'] },
    tools: { type: 'array', items: union('type', toolReferences) },
  },
  ['mode', 'tools'],
);

const toolChoice: JsonSchema = {
  ...union(
    'type',
    {
      ...toolReferences,
      allowed_tools: {
        if: { required: ['tools'], not: { required: ['allowed_tools'] } },
        // biome-ignore lint/suspicious/noThenProperty: a JSON Schema keyword
        then: allowedTools,
        else: object({ allowed_tools: allowedTools }, ['allowed_tools']),
      },
    },
    ['string', 'object', 'null'],
  ),
  ...textIsOneOf(['none', 'auto', 'required']),
};

function textIsOneOf(values: readonly string[]): JsonSchema {
  // biome-ignore lint/suspicious/noThenProperty: a JSON Schema keyword
  return { if: { type: 'string' }, then: { enum: values } };
}

export const chatProperties = {
  model: { type: 'string', minLength: 1 },
  messages: { type: 'array', minItems: 1, items: message },
  stream: optionalFlag,
  stream_options: {
    type: ['object', 'null'],
    properties: { include_usage: optionalFlag, include_obfuscation: optionalFlag },
  },
  n: optionalInteger(1, maxChoices),

  tools: { type: ['array', 'null'], items: tool },
  tool_choice: toolChoice,
  parallel_tool_calls: optionalFlag,
  functions: { type: ['array', 'null'], items: functionDefinition },
  function_call: {
    type: ['string', 'object', 'null'],
    required: ['name'],
    properties: { name },
    ...textIsOneOf(['none', 'auto']),
  },
  web_search_options: {
    type: ['object', 'null'],
    properties: { search_context_size: searchContextSize, user_location: userLocation },
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
              name: { type: 'string', maxLength: 64, pattern: '^[a-zA-Z0-9_-]+$' },
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
  modalities: { type: ['array', 'null'], items: { type: 'string', enum: ['text', 'audio'] } },
  audio: optionalObject,

  reasoning_effort: optionalOneOf(efforts),
  reasoning: {
    type: ['object', 'null'],
    properties: { effort: optionalOneOf(efforts), summary: optionalOneOf(summaries), enabled: optionalFlag },
  },
  thinking: { type: ['object', 'boolean', 'null'], properties: { type: text } },
  enable_thinking: optionalFlag,

  stop: stopProperty,
  max_tokens: optionalInteger(1),
  max_completion_tokens: optionalInteger(1),

  ...samplingProperties,
  top_k: { type: ['integer', 'null'] },
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
  service_tier: optionalOneOf(['auto', 'default', 'flex', 'scale', 'priority', 'fast', 'ultrafast']),
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

/** What this server itself reads of a request that it passes on. */
export const chatOutlineSchema: JsonSchema = object(
  { model: { type: 'string', minLength: 1 }, stream: optionalFlag, messages: { type: 'array' } },
  ['model', 'messages'],
);

export interface TextPart {
  type: 'text';
  text: string;
}

export type ContentPart =
  | TextPart
  | { type: 'image_url'; image_url: string | { url: string; detail?: 'auto' | 'low' | 'high' | 'original' | null } }
  | { type: 'file'; file: { file_data?: string | null; file_id?: string | null; filename?: string | null } }
  | { type: 'input_audio'; input_audio: object };

export type AssistantPart = TextPart | { type: 'refusal'; refusal: string };

export type ChatToolCall =
  | { type: 'function'; id: string; function: { name: string; arguments: string } }
  | { type: 'custom'; id: string; custom: { name: string; input: string } };

export interface AssistantMessage {
  role: 'assistant';
  content?: string | AssistantPart[] | null;
  refusal?: string | null;
  tool_calls?: ChatToolCall[] | null;
  function_call?: { name: string; arguments: string } | null;
  /** Of other servers, unchecked: what the model thought before it said this. */
  reasoning_content?: unknown;
  reasoning?: unknown;
}

export type ChatMessage =
  | { role: 'system' | 'developer'; content: string | TextPart[] }
  | { role: 'user'; content: string | ContentPart[] }
  | AssistantMessage
  | { role: 'tool'; tool_call_id: string; content: string | ContentPart[] | null }
  | { role: 'function'; name: string; content?: string | null };

export interface FunctionDefinition {
  name: string;
  description?: string | null;
  parameters?: Record<string, unknown> | null;
  strict?: boolean | null;
}

export interface CustomDefinition {
  name: string;
  description?: string | null;
  format?: { type: 'text' } | { type: 'grammar'; grammar: { syntax: 'lark' | 'regex'; definition: string } } | null;
}

export interface WebSearchOptions {
  search_context_size?: 'low' | 'medium' | 'high' | null;
  user_location?: (Place & { approximate?: Place | null }) | null;
  filters?: Record<string, unknown> | null;
}

export type ChatTool =
  | { type: 'function'; function: FunctionDefinition }
  | { type: 'custom'; custom: CustomDefinition }
  | ({ type: 'web_search' } & WebSearchOptions)
  | { type: 'image_generation' };

export type ToolReference =
  | { type: 'function'; function: { name: string } }
  | { type: 'custom'; custom: { name: string } };

export type ToolChoice =
  | 'none'
  | 'auto'
  | 'required'
  | ToolReference
  | { type: 'allowed_tools'; allowed_tools: { mode: 'auto' | 'required'; tools: ToolReference[] } };

export type ResponseFormat =
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
  verbosity?: (typeof verbosities)[number] | null;
  modalities?: string[] | null;
  audio?: object | null;

  reasoning_effort?: ReasoningEffort | null;
  reasoning?: {
    effort?: ReasoningEffort | null;
    summary?: (typeof summaries)[number] | null;
    enabled?: boolean | null;
  } | null;
  /** De-facto switches of other servers; they say no more than on or off here. */
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
  service_tier?: 'auto' | 'default' | 'flex' | 'scale' | 'priority' | 'fast' | 'ultrafast' | null;
  prompt_cache_key?: string | null;
  prompt_cache_retention?: string | null;
  prompt_cache_options?: object | null;
  moderation?: object | null;
}
