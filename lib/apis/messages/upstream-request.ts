/** Canonical request → the body of an Anthropic Messages request to an upstream: everything that the API can express. Pure. */

import { settleAsyncCalls } from '../../canonical/async-calls.ts';
import { ignoreOthers, refuseKeptState } from '../../canonical/ignored.ts';
import type { CanonicalRequest, ReasoningEffort } from '../../canonical/types.ts';
import { asObject, type Json } from '../../lenient-json.ts';
import {
  type CallableTool,
  describeCustomInput,
  type FlatTool,
  isAllowed,
  toCallableTools,
} from '../chat-completions/flat-tools.ts';
import { toToolParameters } from '../tool-parameters.ts';
import { toClosedSchema } from './closed-schema.ts';
import { toMessages } from './upstream-messages.ts';

export interface MessagesBodyOptions {
  /** As the provider names it. */
  model: string;
  /** Names a parameter that is dropped, so that the client is told. */
  ignore(param: string): void;
  /** The model's limit of output tokens; the API wants a limit in every request. */
  maxOutputTokens?: number;
  /** How to ask the model to think: by effort, by a budget of tokens, or not at all. */
  thinking: 'adaptive' | 'budget' | 'none';
  /** The effort of requests without one. */
  defaultEffort: ReasoningEffort;
  /** Fields of the body that the server refuses. They are dropped, and reported as ignored where a client asked for them. */
  omit?: ReadonlySet<string>;
}

/** For unknown models. */
const usualMaxTokens = 16_384;
/** Anthropic takes no smaller budget. */
const minBudgetTokens = 1024;
const budgets: Readonly<Record<ReasoningEffort, number>> = {
  none: 0,
  minimal: minBudgetTokens,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 32_768,
  max: 49_152,
  ultra: 49_152,
};
/** Weaker and stronger efforts take the nearest of these. */
const effortWords: Readonly<Record<ReasoningEffort, string>> = {
  none: 'low',
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'max',
  max: 'max',
  ultra: 'max',
};

/** The fields read below; all others that a client asked for are reported to it as ignored. */
const taken: ReadonlySet<string> = new Set([
  'include',
  'input',
  'instructions',
  'parallel_tool_calls',
  'reasoning',
  'safety_identifier',
  'stop',
  'temperature',
  'text',
  'tool_choice',
  'tools',
  'top_k',
  'top_p',
  'user',
]);

/**
 * Always asks for a stream. The answer's calls of custom tools have to go through `restoreCustomCalls`.
 * @throws OpenCompatError for what cannot be left out without lying: OC_TOOL_NOT_SUPPORTED, OC_UNSUPPORTED_PARAMETER,
 * OC_UNSUPPORTED_VALUE
 */
export function toMessagesBody(request: CanonicalRequest, options: MessagesBodyOptions): Json {
  refuseKeptState(request, 'The upstream');
  ignoreOthers(request, taken, options.ignore);
  if (request.text?.verbosity) options.ignore('verbosity');
  // OpenAI requires a prompt that asks for JSON, so nothing is added.
  if (request.text?.format?.type === 'json_object') options.ignore('response_format');

  const { system, messages } = toMessages(settleAsyncCalls(request), options.ignore);
  const callable = toCallableTools(request, options.ignore);
  if (callable.some(({ tool }) => tool.type === 'function' && tool.strict)) options.ignore('tools.strict');
  let { tools, choice } = toChosenTools(request, callable);
  if (tools.length === 0) {
    tools = toCalledTools(messages);
    choice = tools.length > 0 ? { type: 'none' } : undefined;
  }
  const maxTokens = toMaxTokens(request, options);
  const thinking = toThinking(request, options, maxTokens, choice, messages);
  const isThinking = thinking !== undefined;
  const effort = request.reasoning?.effort;
  if (!isThinking && effort && effort !== 'none') options.ignore('reasoning_effort');
  const sampling = toSampling(request, isThinking, options);
  const output_config = toOutputConfig(request, options, isThinking);
  if (output_config?.format && options.omit?.has('output_config')) {
    options.ignore('response_format');
    system.push({ type: 'text', text: describeSchema(output_config.format as Json) });
  }
  const user = request.safety_identifier ?? request.user;
  const asked: Json = {
    max_tokens: maxTokens,
    system: system.length > 0 ? system : undefined,
    messages,
    tools: tools.length > 0 ? tools : undefined,
    tool_choice: choice,
    stop_sequences: request.stop?.length ? request.stop : undefined,
    ...sampling,
    metadata: user ? { user_id: user } : undefined,
    thinking,
    output_config,
  };

  const body: Json = { model: options.model };
  for (const [param, value] of Object.entries(asked)) {
    if (value === undefined || value === null) continue;
    if (options.omit?.has(param)) options.ignore(param);
    else body[param] = value;
  }
  return { ...body, stream: true };
}

/** No sampling while the model thinks; else a temperature of 1 at most, or `top_p`: newer models refuse both together. */
function toSampling(
  { temperature, top_p, top_k }: CanonicalRequest,
  isThinking: boolean,
  { ignore, omit }: MessagesBodyOptions,
): Json {
  const hasTemperature = temperature != null && !omit?.has('temperature');
  const given = { temperature: temperature == null ? undefined : Math.min(temperature, 1), top_p, top_k };
  const taken: Json = {};
  for (const [param, value] of Object.entries(given)) {
    if (value == null) continue;
    if (isThinking || (param === 'top_p' && hasTemperature)) ignore(param);
    else taken[param] = value;
  }
  return taken;
}

function toMaxTokens({ max_output_tokens }: CanonicalRequest, { maxOutputTokens }: MessagesBodyOptions): number {
  const most = maxOutputTokens ?? usualMaxTokens;
  return max_output_tokens ? Math.min(max_output_tokens, maxOutputTokens ?? max_output_tokens) : most;
}

/** Thinking is left out where the API would refuse it: with a forced tool, and within a turn that began without thinking. */
function toThinking(
  { reasoning }: CanonicalRequest,
  { thinking, defaultEffort }: MessagesBodyOptions,
  maxTokens: number,
  choice: Json | undefined,
  messages: readonly Json[],
): Json | undefined {
  const effort = reasoning?.effort ?? defaultEffort;
  if (thinking === 'none' || effort === 'none') return undefined;
  if (choice?.type === 'any' || choice?.type === 'tool' || isInUnthinkingTurn(messages)) return undefined;
  if (thinking === 'adaptive') return { type: 'adaptive' };
  const budget = Math.min(budgets[effort], maxTokens - minBudgetTokens);
  return budget < minBudgetTokens ? undefined : { type: 'enabled', budget_tokens: budget };
}

function isInUnthinkingTurn(messages: readonly Json[]): boolean {
  const firstOf = (message: Json | undefined) => (message?.content as Json[] | undefined)?.[0]?.type;
  const last = messages.at(-1);
  const isAfterTools = firstOf(last) === 'tool_result';
  if (last?.role !== 'assistant' && !isAfterTools) return false;
  const first = firstOf(isAfterTools ? messages.at(-2) : last);
  return first !== 'thinking' && first !== 'redacted_thinking';
}

function toOutputConfig(
  { text, reasoning }: CanonicalRequest,
  { thinking, defaultEffort }: MessagesBodyOptions,
  isThinking: boolean,
): Json | undefined {
  const config: Json = {};
  const format = text?.format;
  if (format?.type === 'json_schema') {
    config.format = { type: 'json_schema', schema: toClosedSchema(format.schema) };
  }
  if (isThinking && thinking === 'adaptive') config.effort = effortWords[reasoning?.effort ?? defaultEffort];
  return Object.keys(config).length > 0 ? config : undefined;
}

/** The instruction for a server without a field for schemas. */
function describeSchema({ schema }: Json): string {
  return `Answer with nothing but JSON that this JSON Schema describes:\n${JSON.stringify(schema)}`;
}

/** Declares the tools that a conversation has called: the API refuses calls without any tools. */
function toCalledTools(messages: readonly Json[]): Json[] {
  const calls = messages.flatMap(({ content }) => (content as Json[]).filter(({ type }) => type === 'tool_use'));
  const names = new Set(calls.map(({ name }) => name));
  return [...names].map((name) => ({ name, input_schema: { type: 'object', properties: {} } }));
}

/** Of the properties of a tool's input; others are refused with the whole request (seen 2026). */
const propertyName = /^[a-zA-Z0-9_.-]{1,64}$/;

export function toInputSchema(parameters: unknown): Json {
  return toToolParameters(parameters, { hasReferences: true, propertyName });
}

function toTool({ name, tool }: FlatTool<CallableTool>): Json {
  const described = { name, ...(tool.description != null && { description: tool.description }) };
  if (tool.type === 'function') {
    return { ...described, input_schema: toInputSchema(tool.parameters) };
  }
  const input = { type: 'string', description: describeCustomInput(tool) };
  return { ...described, input_schema: { type: 'object', properties: { input }, required: ['input'] } };
}

/** The tool choice, among the allowed tools where the request limits them. */
function toChosenTools(
  { tool_choice: choice, parallel_tool_calls }: CanonicalRequest,
  callable: readonly FlatTool<CallableTool>[],
): { tools: Json[]; choice?: Json } {
  const tools = callable.map(toTool);
  if (tools.length === 0) return { tools };
  const single = parallel_tool_calls === false ? { disable_parallel_tool_use: true } : {};
  const words: Record<string, string> = { auto: 'auto', required: 'any', none: 'none' };
  const asked = asObject(choice);
  if (asked?.type === 'allowed_tools' && Array.isArray(asked.tools)) {
    const names = new Set(asked.tools.map((tool) => asObject(tool)?.name));
    const kept = tools.filter((_, index) => isAllowed(callable[index]!, names));
    if (kept.length === 0) return { tools: [] };
    return { tools: kept, choice: { type: words[String(asked.mode)] ?? 'auto', ...single } };
  }
  if (asked && typeof asked.name === 'string') return { tools, choice: { type: 'tool', name: asked.name, ...single } };
  const type = words[String(choice ?? 'auto')] ?? 'auto';
  if (type === 'none') return { tools, choice: { type } };
  return type === 'auto' && parallel_tool_calls !== false ? { tools } : { tools, choice: { type, ...single } };
}
