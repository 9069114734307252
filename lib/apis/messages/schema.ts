/**
 * The request body of POST /v1/messages: its schema, and the type of a checked body. Lenient where Anthropic's
 * API and its clients are: unknown keys and block types pass (the translation decides on them), and null
 * means "not given" wherever an SDK may send it.
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
  optionalOneOf,
  optionalText,
  optionalTextOr,
  text,
  textOr,
  typed,
} from '../schema-parts.ts';

const textBlock = object({ text }, ['text']);

const imageBlock = object(
  {
    source: typed({
      base64: object({ media_type: text, data: text }, ['media_type', 'data']),
      url: object({ url: text }, ['url']),
    }),
  },
  ['source'],
);

const searchResultBlock = object(
  {
    source: text,
    title: text,
    content: { type: 'array', items: typed({ text: textBlock }) },
    citations: optionalObject,
  },
  ['source', 'title', 'content'],
);

const documentBlock = object(
  {
    citations: optionalObject,
    source: typed({
      base64: object({ data: text, media_type: text }, ['data']),
      text: object({ data: text }, ['data']),
      url: object({ url: text }, ['url']),
      content: object({ content: textOr(typed({ text: textBlock, image: imageBlock })) }, ['content']),
    }),
    title: optionalText,
    context: optionalText,
  },
  ['source'],
);

const shownBlocks = {
  text: textBlock,
  image: imageBlock,
  document: documentBlock,
  search_result: searchResultBlock,
} as const;

const block = typed({
  ...shownBlocks,
  tool_use: object({ id: text, name, input: {} }, ['id', 'name']),
  tool_result: object(
    {
      tool_use_id: text,
      content: optionalTextOr(typed({ ...shownBlocks, tool_reference: object({ tool_name: text }, ['tool_name']) })),
      is_error: optionalFlag,
    },
    ['tool_use_id'],
  ),
  thinking: object({ thinking: text, signature: optionalText }, ['thinking']),
  compaction: object({ content: optionalText }),
});

const tool = object({
  type: optionalText,
  name,
  description: optionalText,
  input_schema: {},
  strict: optionalFlag,
  max_uses: optionalInteger(1),
  allowed_domains: optionalList(text),
  blocked_domains: optionalList(text),
  user_location: optionalObject,
});

const toolChange = object(
  {
    tool: typed({
      tool_definition: object({ definition: tool }, ['definition']),
      tool_reference: object({ name }, ['name']),
    }),
  },
  ['tool'],
);

const message: JsonSchema = {
  ...object({ role: { type: 'string', enum: ['user', 'assistant', 'system'] } }, ['role']),
  if: object({ role: { const: 'system' } }),
  // biome-ignore lint/suspicious/noThenProperty: a JSON Schema keyword
  then: object({
    content: optionalTextOr(typed({ text: textBlock, tool_addition: toolChange, tool_removal: toolChange })),
  }),
  else: object({ content: textOr(block) }, ['content']),
};

const jsonFormat: JsonSchema = {
  type: ['object', 'null'],
  required: ['type'],
  properties: { type: { type: 'string', enum: ['json_schema'] }, schema: { type: 'object' } },
};

/** The fields of both requests of this API; a count of tokens needs no others. */
const sharedProperties: Readonly<Record<string, JsonSchema>> = {
  model: name,
  messages: { type: 'array', minItems: 1, items: message },
  system: optionalTextOr(typed({ text: textBlock })),

  tools: optionalList(tool),
  tool_choice: {
    type: ['object', 'null'],
    required: ['type'],
    properties: {
      type: { type: 'string', enum: ['auto', 'any', 'none', 'tool'] },
      name,
      disable_parallel_tool_use: optionalFlag,
    },
  },

  thinking: {
    type: ['object', 'null'],
    required: ['type'],
    properties: {
      type: { type: 'string', enum: ['enabled', 'adaptive', 'between_tools', 'disabled'] },
      budget_tokens: optionalInteger(0),
      display: optionalText,
    },
  },
  output_config: {
    type: ['object', 'null'],
    properties: {
      effort: optionalOneOf(['low', 'medium', 'high', 'xhigh', 'max']),
      format: jsonFormat,
    },
  },
  output_format: jsonFormat,
};

/** POST /v1/messages/count_tokens. */
export const countRequestSchema: JsonSchema = object(sharedProperties, ['model', 'messages']);

/** POST /v1/messages. */
export const messagesRequestSchema: JsonSchema = object(
  {
    ...sharedProperties,
    max_tokens: { type: 'integer', minimum: 1 },
    stream: optionalFlag,
    stop_sequences: { ...optionalList(text), maxItems: maxStopSequences },
    temperature: optionalNumber(0, 1),
    top_p: optionalNumber(0, 1),
    top_k: optionalInteger(0),
    metadata: { type: ['object', 'null'], properties: { user_id: optionalText } },
    service_tier: optionalText,
    speed: optionalText,
    mcp_servers: optionalList(),
  },
  ['model', 'max_tokens', 'messages'],
);

/** The fields that this server itself reads in a request that it passes on. */
export const messagesOutlineSchema: JsonSchema = object(
  {
    model: sharedProperties.model!,
    messages: { type: 'array', items: object({ role: text, content: { type: ['string', 'array', 'null'] } }) },
    max_tokens: { type: ['integer', 'null'] },
    stream: optionalFlag,
    tools: { type: ['array', 'null'] },
    thinking: optionalObject,
  },
  ['model', 'messages'],
);

export interface TextBlock {
  type: 'text';
  text: string;
}

interface FileSource {
  type: 'file';
  file_id?: unknown;
}

export interface ImageBlock {
  type: 'image';
  source: { type: 'base64'; media_type: string; data: string } | { type: 'url'; url: string } | FileSource;
}

export interface DocumentBlock {
  type: 'document';
  source:
    | { type: 'base64'; media_type?: string; data: string }
    | { type: 'text'; data: string }
    | { type: 'url'; url: string }
    | { type: 'content'; content: string | (TextBlock | ImageBlock)[] }
    | FileSource;
  title?: string | null;
  context?: string | null;
  citations?: { enabled?: unknown } | null;
}

interface SearchResultBlock {
  type: 'search_result';
  source: string;
  title: string;
  content: TextBlock[];
  citations?: { enabled?: unknown } | null;
}

/** The result of the tool with which a client searches its tools. */
interface ToolReferenceBlock {
  type: 'tool_reference';
  tool_name: string;
}

/** Content that a user or a tool can show to the model. */
export type ShownBlock = TextBlock | ImageBlock | DocumentBlock | SearchResultBlock | ToolReferenceBlock;

export interface ToolResultBlock {
  type: 'tool_result';
  tool_use_id: string;
  content?: string | ShownBlock[] | null;
  is_error?: boolean | null;
}

export type AssistantBlock =
  | TextBlock
  | { type: 'thinking'; thinking: string; signature?: string | null }
  | { type: 'tool_use'; id: string; name: string; input?: unknown }
  | { type: 'compaction'; content?: string | null };

/** Adds or removes a tool from this point of the conversation on. */
export interface ToolChangeBlock {
  type: 'tool_addition' | 'tool_removal';
  tool: { type: 'tool_definition'; definition: Tool } | { type: 'tool_reference'; name: string };
}

type Message =
  | { role: 'user'; content: string | (ShownBlock | ToolResultBlock)[] }
  | { role: 'assistant'; content: string | AssistantBlock[] }
  | {
      role: 'system';
      content?: string | (TextBlock | ToolChangeBlock)[] | null;
      output_config?: object | null;
      /** Until which message the text is shown to the model. */
      clear_at?: string | null;
    };

export interface Tool {
  /** Absent, or `custom`: one of the client's own. Else a tool of Anthropic's with its date, such as `bash_20250124`. */
  type?: string | null;
  name?: string;
  description?: string | null;
  /** Providers repair what is no schema of an object. */
  input_schema?: unknown;
  strict?: boolean | null;
  allowed_callers?: unknown;
  defer_loading?: unknown;
  input_examples?: unknown;
  max_uses?: number | null;
  allowed_domains?: string[] | null;
  blocked_domains?: string[] | null;
  user_location?: Partial<Record<'city' | 'country' | 'region' | 'timezone', string | null>> | null;
  display_width_px?: unknown;
  display_height_px?: unknown;
}

interface ToolChoice {
  type: 'auto' | 'any' | 'none' | 'tool';
  name?: string;
  disable_parallel_tool_use?: boolean | null;
}

interface JsonFormat {
  type: 'json_schema';
  schema?: Record<string, unknown>;
}

/** A body that one of the schemas has passed. */
export interface MessagesRequest {
  model: string;
  messages: Message[];
  system?: string | (TextBlock & { citations?: object | null })[] | null;
  /** Absent when only tokens are counted. */
  max_tokens?: number;
  stream?: boolean | null;
  stop_sequences?: string[] | null;
  temperature?: number | null;
  top_p?: number | null;
  top_k?: number | null;
  metadata?: { user_id?: string | null } | null;
  service_tier?: string | null;
  speed?: string | null;

  tools?: Tool[] | null;
  tool_choice?: ToolChoice | null;

  thinking?: {
    type: 'enabled' | 'adaptive' | 'between_tools' | 'disabled';
    budget_tokens?: number | null;
    display?: string | null;
    block_binding?: object | null;
  } | null;
  output_config?: {
    effort?: 'low' | 'medium' | 'high' | 'xhigh' | 'max' | null;
    format?: JsonFormat | null;
    task_budget?: object | null;
  } | null;
  /** The beta's name for `output_config.format`. */
  output_format?: JsonFormat | null;

  /** Asks why the prompt cache missed, which nobody here knows. */
  diagnostics?: object | null;

  /** State that the server would have to hold. */
  thread?: object | null;
  container?: string | object | null;
  mcp_servers?: unknown[] | null;
}
