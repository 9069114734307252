/** Chat Completions request → canonical request. Sets no defaults: another box does. */
import {
  type CanonicalRequest,
  type ReasoningEffort,
  type ReasoningSummary,
  reasoningSummaries,
  type Verbosity,
  verbosities,
} from '../../canonical/types.ts';
import { OpenCompatError } from '../../errors.ts';
import { asObject } from '../../lenient-json.ts';
import { type ReasoningCompat, type RequestContext, reasoningCompats } from '../api.ts';
import { notSupported } from '../body-validation.ts';
import { toExtra } from '../extra.ts';
import { toCanonical as responsesToCanonical } from '../responses/request.ts';
import type { ResponsesRequest } from '../responses/schema.ts';
import { toSearchLocation } from '../search-location.ts';
import { nestChoice, nestTool } from './flat-forms.ts';
import { toInput } from './messages.ts';
import { type ChatRequest, chatProperties } from './schema.ts';
import { sharedParams } from './shared-params.ts';
import type { ChatTool, FunctionDefinition, ToolReference, WebSearchOptions } from './tool-schema.ts';

type CanonicalTool = NonNullable<CanonicalRequest['tools']>[number];
type CanonicalToolChoice = NonNullable<CanonicalRequest['tool_choice']>;
type CanonicalText = NonNullable<CanonicalRequest['text']>;

const knownParams: ReadonlySet<string> = new Set(Object.keys(chatProperties));

/**
 * Does the client read answers in the form that preceded `tool_calls`? Its request shows it.
 */
export function isLegacyRequest(body: ChatRequest): boolean {
  return Boolean(body.functions?.length) && !body.tools?.length;
}

/** @throws OpenCompatError for an unknown mode in the header */
export function readReasoningCompat({
  headers,
  defaults,
}: Pick<RequestContext, 'headers' | 'defaults'>): ReasoningCompat {
  return readHeader(headers, 'X-Reasoning-Compat', reasoningCompats) ?? defaults.reasoningCompat;
}

/** Roles whose messages may say by whom they are. */
const speakers: ReadonlySet<string> = new Set(['system', 'developer', 'user', 'assistant']);

/** Is the body in the form of this API? An upstream of this API cannot read the form of the Responses API. */
export function isPortable({ messages }: ChatRequest): boolean {
  return messages !== undefined;
}

/** @throws OpenCompatError for what cannot be honoured without lying */
export function toCanonical(given: ChatRequest, context: RequestContext): CanonicalRequest {
  readReasoningCompat(context);
  if (!isPortable(given)) return fromResponsesForm(given as unknown as ResponsesRequest, context);
  const body = withNestedTools(given);
  refuseAudio(body);
  // Nothing in the canonical form tells speakers of one role apart.
  if (body.messages.some((message) => 'name' in message && speakers.has(message.role) && message.name)) {
    context.ignore('messages.name');
  }
  // What was said aloud is kept by the server that said it.
  if (body.messages.some((message) => 'audio' in message && message.audio)) context.ignore('messages.audio');

  const request: CanonicalRequest = {
    model: body.model,
    input: toInput(body.messages),
    stream: body.stream === true,
  };
  copyShared(body, request);
  addTools(body, request);

  const reasoning = toReasoning(body, readHeader(context.headers, 'X-Reasoning-Summary', reasoningSummaries));
  if (reasoning) request.reasoning = reasoning;
  const text = toText(body, readHeader(context.headers, 'X-Text-Verbosity', verbosities));
  if (text) request.text = text;

  const maxTokens = body.max_completion_tokens ?? body.max_tokens;
  if (maxTokens != null) request.max_output_tokens = maxTokens;
  if (body.n != null) request.choices = body.n;
  const stop = typeof body.stop === 'string' ? [body.stop] : body.stop;
  if (stop?.length) request.stop = stop;
  if (body.logprobs) request.logprobs = true;
  const extra = toExtra(body, knownParams);
  if (extra) request.extra = extra;
  return request;
}

/** Cursor sends this form, and reads the answer as Chat Completions (seen 2026). */
function fromResponsesForm(body: ResponsesRequest, context: RequestContext): CanonicalRequest {
  const { store: _, ...request } = responsesToCanonical(body, context);
  // Answers of this API are not stored here.
  return { ...request, ...(body.store === true && { store: true }) };
}

function withNestedTools(body: ChatRequest): ChatRequest {
  const { tools, tool_choice: choice } = body;
  return {
    ...body,
    ...(tools && { tools: tools.map(nestTool) as ChatRequest['tools'] }),
    ...(choice && { tool_choice: nestChoice(choice) as ChatRequest['tool_choice'] }),
  };
}

/** The outline of a request that is passed on: its model, and the form of its answer. */
export function toOutline({ model, stream }: ChatRequest): CanonicalRequest {
  return { model, input: [], stream: stream === true };
}

function refuseAudio(body: ChatRequest): void {
  const param = body.modalities?.includes('audio') ? 'modalities' : body.audio != null ? 'audio' : undefined;
  if (param) throw new OpenCompatError('OC_UNSUPPORTED_PARAMETER', { reason: 'Audio is not served here.' }, { param });
}

function copyShared(body: ChatRequest, request: CanonicalRequest): void {
  // The upstream request has `top_logprobs` only beside `logprobs`.
  for (const param of [...sharedParams, 'top_logprobs'] as const) {
    const value = body[param];
    if (value != null) Object.assign(request, { [param]: value });
  }
}

function addTools(body: ChatRequest, request: CanonicalRequest): void {
  const tools = (body.tools ?? []).map((tool, index) => toTool(tool as ChatTool, `tools[${index}].type`));
  for (const definition of body.functions ?? []) tools.push(toFunctionTool(definition));
  if (body.web_search_options && !tools.some(({ type }) => type === 'web_search')) {
    tools.push(toWebSearchTool(body.web_search_options));
  }

  const choice = toToolChoice(body);
  if (!tools.length) {
    if (choice !== undefined && choice !== 'auto' && choice !== 'none') {
      const param = body.tool_choice == null ? 'function_call' : 'tool_choice';
      const reason = `Invalid value for '${param}': choosing a tool requires 'tools'.`;
      throw new OpenCompatError('OC_INVALID_VALUE', { reason }, { param });
    }
    return;
  }
  request.tools = tools;
  if (choice !== undefined) request.tool_choice = choice;
  // The older form of an answer holds one call only.
  if (isLegacyRequest(body)) request.parallel_tool_calls = false;
  else if (body.parallel_tool_calls != null) request.parallel_tool_calls = body.parallel_tool_calls;
}

function toTool(tool: ChatTool, param: string): CanonicalTool {
  switch (tool.type) {
    case 'function':
      return toFunctionTool(tool.function);
    case 'custom': {
      const { name, description, format } = tool.custom;
      return {
        type: 'custom',
        name,
        ...(description != null && { description }),
        ...(format && { format: format.type === 'grammar' ? { type: 'grammar', ...format.grammar } : format }),
      };
    }
    case 'image_generation':
      return tool;
    default: {
      const { type } = tool as { type: string };
      // `web_search_preview` and dated forms are the same tool.
      if (type.startsWith('web_search')) return toWebSearchTool(tool);
      throw new OpenCompatError('OC_TOOL_NOT_SUPPORTED', { tool: type.slice(0, 100) }, { param });
    }
  }
}

function toFunctionTool({ name, description, parameters, strict }: FunctionDefinition): CanonicalTool {
  return {
    type: 'function',
    name,
    ...(description != null && { description }),
    // Upstreams refuse an object schema without `properties`, as MCP servers send it for tools without arguments.
    parameters: { type: 'object', properties: {}, ...asObject(parameters) },
    // `strict` defaults to false in Chat Completions, but to true in the Responses API.
    strict: strict ?? false,
  };
}

function toWebSearchTool({ search_context_size, user_location, filters }: WebSearchOptions): CanonicalTool {
  return {
    type: 'web_search',
    ...(filters && { filters }),
    ...(search_context_size && { search_context_size }),
    ...(user_location && { user_location: toSearchLocation(user_location.approximate ?? user_location) }),
  };
}

function toToolChoice({ tool_choice, function_call }: ChatRequest): CanonicalToolChoice | undefined {
  if (tool_choice == null) {
    if (function_call == null) return undefined;
    return typeof function_call === 'string' ? function_call : { type: 'function', name: function_call.name };
  }
  if (typeof tool_choice === 'string') return tool_choice;
  if (tool_choice.type !== 'allowed_tools') return flattenReference(tool_choice);
  const { mode, tools } = tool_choice.allowed_tools;
  return { type: 'allowed_tools', mode, tools: tools.map(flattenReference) };
}

function flattenReference(reference: ToolReference): { type: 'function' | 'custom'; name: string } {
  const { name } = reference.type === 'function' ? reference.function : reference.custom;
  return { type: reference.type, name };
}

function toReasoning(
  { reasoning_effort, reasoning, thinking, enable_thinking }: ChatRequest,
  summaryHeader: ReasoningSummary | undefined,
): CanonicalRequest['reasoning'] | undefined {
  const effort =
    reasoning_effort ?? reasoning?.effort ?? effortOfSwitch(thinking ?? enable_thinking ?? reasoning?.enabled);
  const summary = summaryHeader ?? reasoning?.summary;
  if (effort == null && summary == null) return undefined;
  return { ...(effort != null && { effort }), ...(summary != null && { summary }) };
}

/** `thinking: {type: 'enabled'}`, `enable_thinking: true` and similar switches, which other servers take instead of an effort. */
function effortOfSwitch(value: ChatRequest['thinking']): ReasoningEffort | undefined {
  if (value == null) return undefined;
  const isOn = typeof value === 'boolean' ? value : value.type !== 'disabled';
  return isOn ? 'medium' : 'none';
}

function toText(
  { response_format, verbosity }: ChatRequest,
  verbosityHeader: Verbosity | undefined,
): CanonicalText | undefined {
  const text: CanonicalText = {};
  if (response_format?.type === 'json_object') text.format = { type: 'json_object' };
  if (response_format?.type === 'json_schema') {
    const { name, description, schema, strict } = response_format.json_schema;
    text.format = {
      type: 'json_schema',
      name,
      ...(description != null && { description }),
      schema: schema ?? {},
      strict: strict ?? false,
    };
  }
  const level = verbosityHeader ?? verbosity;
  if (level) text.verbosity = level;
  return text.format || text.verbosity ? text : undefined;
}

function readHeader<const T extends string>(
  headers: RequestContext['headers'],
  name: string,
  supported: readonly T[],
): T | undefined {
  const header = headers[name.toLowerCase()];
  const value = (Array.isArray(header) ? header[0] : header)?.trim().toLowerCase();
  if (!value) return undefined;
  if ((supported as readonly string[]).includes(value)) return value as T;
  const reason = `Header ${name}: ${notSupported(value, supported)}`;
  throw new OpenCompatError('OC_INVALID_VALUE', { reason }, { param: name });
}
