/** Canonical tools → the tools of a Chat Completions request; and custom tools as functions, where a server lacks them. */
import type { CanonicalEvent, CanonicalOutputItem, CanonicalRequest } from '../../canonical/types.ts';
import { OpenCompatError } from '../../errors.ts';
import { asObject, asText, type Json, parseObject } from '../../lenient-json.ts';
import { createSchemaBudget, type ParametersOptions, toToolParameters } from '../tool-parameters.ts';
import {
  type CallableTool,
  describeCustomInput,
  type FlatTool,
  flattenTools,
  isAllowed,
  toCallableTools,
} from './flat-tools.ts';
import { InputReader } from './input-reader.ts';

export interface ToolOptions extends ParametersOptions {
  /** Does the server take custom (free text) tools? Default false: they become functions of one text, `input`. */
  hasCustomTools?: boolean;
  /** Does it take `tool_choice: {type: 'allowed_tools'}`? Default false: only the allowed tools are sent. */
  hasAllowedTools?: boolean;
}

export interface ToolContext extends ToolOptions {
  /** Names a parameter that is dropped, so that the client is told. */
  ignore(param: string): void;
}

type CustomTool = Extract<CallableTool, { type: 'custom' }>;

/**
 * `tools`, `tool_choice` and `parallel_tool_calls`; empty without tools, since servers refuse a choice without tools.
 * @throws OpenCompatError OC_TOOL_NOT_SUPPORTED for tools that run upstream, as `toCallableTools`
 */
export function toChatTools(request: CanonicalRequest, options: ToolContext): Json {
  const given = toCallableTools(request, options.ignore);
  const budget = createSchemaBudget();
  const chatTools = given.map((tool) => toChatTool(tool, { ...options, budget }));
  if (chatTools.length === 0) return {};
  const { tool_choice: choice, parallel_tool_calls } = request;
  return { tools: chatTools, parallel_tool_calls, ...toChatChoice(choice, given, chatTools, options) };
}

function toChatTool(
  { tool, name }: FlatTool<CallableTool>,
  { hasCustomTools = false, hasReferences, budget }: ToolOptions,
): Json {
  if (tool.type === 'custom') return hasCustomTools ? toCustomTool(name, tool) : toWrappedTool(name, tool);
  const { description, parameters, strict } = tool;
  return {
    type: 'function',
    function: {
      name,
      ...(description != null && { description }),
      parameters: toToolParameters(parameters, { hasReferences, budget }),
      // False is the default, and many servers lack the switch.
      ...(strict === true && { strict }),
    },
  };
}

function toCustomTool(name: string, { description, format }: CustomTool): Json {
  const { type, ...grammar } = format ?? {};
  return {
    type: 'custom',
    custom: {
      name,
      ...(description != null && { description }),
      ...(type && { format: type === 'grammar' ? { type, grammar } : { type } }),
    },
  };
}

function toWrappedTool(name: string, tool: CustomTool): Json {
  const { description } = tool;
  return {
    type: 'function',
    function: {
      name,
      ...(description != null && { description }),
      parameters: {
        type: 'object',
        properties: { input: { type: 'string', description: describeCustomInput(tool) } },
        required: ['input'],
        additionalProperties: false,
      },
    },
  };
}

function toChatChoice(
  choice: unknown,
  tools: readonly FlatTool<CallableTool>[],
  chatTools: readonly Json[],
  options: ToolOptions,
): Json {
  if (typeof choice === 'string') return { tool_choice: choice };
  const { type, mode, name, tools: allowed } = asObject(choice) ?? {};
  if (type === undefined) return {};
  if (type !== 'allowed_tools') return { tool_choice: toReference(type, name, options) };

  const references = (Array.isArray(allowed) ? allowed : []).map((tool) => asObject(tool) ?? {});
  if (options.hasAllowedTools) {
    const listed = references.map((tool) => toReference(tool.type, tool.name, options));
    return { tool_choice: { type, allowed_tools: { mode, tools: listed } } };
  }
  const names = new Set(references.map((tool) => tool.name));
  const kept = chatTools.filter((_, index) => isAllowed(tools[index]!, names));
  if (kept.length > 0) return { tools: kept, tool_choice: mode };
  return { tools: chatTools, tool_choice: 'none' };
}

function toReference(type: unknown, name: unknown, { hasCustomTools = false }: ToolOptions): Json {
  if (type === 'function' || type === 'custom') {
    const kind = hasCustomTools ? type : 'function';
    return { type: kind, [kind]: { name } };
  }
  throw new OpenCompatError('OC_TOOL_NOT_SUPPORTED', { tool: String(type).slice(0, 100) }, { param: 'tool_choice' });
}

/** The arguments of the function that stands for a custom tool. */
export function toWrappedInput(input: string): string {
  return JSON.stringify({ input });
}

function fromWrappedInput(args: string): string {
  const input = parseObject(args)?.input;
  // A model may ignore the form: its arguments are then the input itself.
  return typeof input === 'string' ? input : args;
}

type CallItem = Extract<CanonicalOutputItem, { type: 'function_call' | 'custom_tool_call' }>;

/** How the client knows a called tool. */
interface Origin {
  name: string;
  namespace: string | undefined;
  /** A custom tool that went out as a function. */
  isWrapped: boolean;
}

/**
 * Returns the function that turns calls of wrapped custom tools back into custom tool calls, and restores namespaces, in the
 * events of the answer; undefined when all tools went out unchanged. It keeps state by item id, so that one serves all choices
 * of a request.
 */
export function restoreCustomCalls(
  { tools }: CanonicalRequest,
  options: ToolOptions,
): ((event: CanonicalEvent) => CanonicalEvent) | undefined {
  const origins = findOrigins(tools, options);
  if (origins.size === 0) return undefined;
  /** By item id: the calls of wrapped tools whose arguments are coming. */
  const readers = new Map<string, InputReader>();
  const originOf = (item: CanonicalOutputItem) => (isCall(item) ? origins.get(item.name) : undefined);
  const restore = (item: CanonicalOutputItem) => restoreItem(item, originOf(item));

  return function restoreCustomCall(event) {
    switch (event.type) {
      case 'response.output_item.added':
        if (originOf(event.item)?.isWrapped) readers.set(asText(event.item.id) ?? '', new InputReader());
        return { ...event, item: restore(event.item) };
      case 'response.function_call_arguments.delta': {
        const reader = readers.get(event.item_id);
        if (!reader) return event;
        const { item_id, ...rest } = event;
        return {
          ...rest,
          type: 'response.custom_tool_call_input.delta',
          item_id: toCustomId(item_id),
          delta: reader.read(event.delta),
        };
      }
      case 'response.function_call_arguments.done': {
        if (!readers.has(event.item_id)) return event;
        const { arguments: args, item_id, ...rest } = event;
        return {
          ...rest,
          type: 'response.custom_tool_call_input.done',
          item_id: toCustomId(item_id),
          input: fromWrappedInput(args),
        };
      }
      case 'response.output_item.done':
        readers.delete(asText(event.item.id) ?? '');
        return { ...event, item: restore(event.item) };
      case 'response.completed':
      case 'response.incomplete':
        return { ...event, response: { ...event.response, output: event.response.output.map(restore) } };
      default:
        return event;
    }
  };
}

/** The tools that the upstream knows in another form than the client's, by the upstream's name. */
function findOrigins(tools: CanonicalRequest['tools'], { hasCustomTools = false }: ToolOptions): Map<string, Origin> {
  const origins = new Map<string, Origin>();
  for (const { tool, name, namespace } of flattenTools(tools)) {
    const isWrapped = tool.type === 'custom' && !hasCustomTools;
    if (isWrapped || namespace !== undefined) {
      origins.set(name, { name: (tool as CustomTool).name, namespace, isWrapped });
    }
  }
  return origins;
}

function restoreItem(item: CanonicalOutputItem, origin: Origin | undefined): CanonicalOutputItem {
  if (!origin || !isCall(item)) return item;
  const { name, namespace, isWrapped } = origin;
  const named = { ...item, name, ...(namespace !== undefined && { namespace }) };
  if (!isWrapped || named.type !== 'function_call') return named;
  const { arguments: args, type: _, id = '', ...rest } = named;
  const input = args === '' ? '' : fromWrappedInput(args);
  return { ...rest, type: 'custom_tool_call', id: toCustomId(id), input } as CanonicalOutputItem;
}

function isCall(item: CanonicalOutputItem): item is CallItem {
  return item.type === 'function_call' || item.type === 'custom_tool_call';
}

function toCustomId(id: string): string {
  return id.replace(/^fc_/, 'ctc_');
}
