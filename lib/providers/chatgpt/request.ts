/** A canonical request as the ChatGPT backend takes it: built key by key, by an allow-list. */
import { hash } from 'node:crypto';
import { toToolParameters } from '../../apis/tool-parameters.ts';
import { settleAsyncCalls } from '../../canonical/async-calls.ts';
import { ignoreOthers, refuseKeptState } from '../../canonical/ignored.ts';
import type { CanonicalRequest, ReasoningEffort } from '../../canonical/types.ts';
import { OpenCompatError } from '../../errors.ts';
import { atMost, sortEfforts } from '../efforts.ts';
import type { BuildContext, ModelInfo, UpstreamRequest } from '../provider.ts';
import { isInstruction, isMessage, type Loose, pick, toBackendFormat, toBackendItem } from '../responses-input.ts';
import { collectToolNames, mapToolNames, type ToolNames, toAcceptedId } from '../tool-names.ts';
import type { ChatGptConfig } from './config.ts';

/** Whose text becomes `instructions`. */
interface InstructionSource {
  /** Codex's text for a model, or the operator's own file, as configured. */
  textFor(model: string): string;
  /** Has the backend refused any other text for this model? */
  insists(model: string): boolean;
  /** The short text for a request without one. */
  readonly neutral: string;
}

export interface ChatGptContext extends Pick<BuildContext, 'model' | 'clientId' | 'ignore'> {
  config: Pick<ChatGptConfig, 'instructions' | 'reasoningEffort' | 'reasoningSummary' | 'textVerbosity'>;
  instructions: InstructionSource;
}

export interface ChatGptRequest {
  body: Record<string, unknown>;
  /** Request headers that tell the backend which conversation this is. */
  headers: Record<string, string>;
  restoreEvent: UpstreamRequest['restoreEvent'];
}

/** The fields read below; all others that a client asked for are reported to it as ignored. */
const taken: ReadonlySet<string> = new Set([
  'include',
  'input',
  'instructions',
  'parallel_tool_calls',
  'prompt_cache_key',
  'reasoning',
  'service_tier',
  'text',
  'tool_choice',
  'tools',
  'tools.defer_loading',
]);

const encryptedReasoning = 'reasoning.encrypted_content';
const takenIncludes: ReadonlySet<string> = new Set([encryptedReasoning, 'web_search_call.action.sources']);

/**
 * Pure. @throws OpenCompatError for what cannot be left out without lying: references to stored items, tools that the
 * backend does not serve, content that it does not take
 */
export function buildChatGptBody(asked: CanonicalRequest, context: ChatGptContext): ChatGptRequest {
  const request = settleAsyncCalls(asked);
  const { model, ignore } = context;
  refuseKeptState(request, 'ChatGPT');
  ignoreOthers(request, taken, ignore);

  const names = mapToolNames(collectToolNames(request));
  const { instructions, input } = placeInstructions(request, context, names);
  const tools = request.tools?.map((tool, index) => toBackendTool(tool as unknown as Loose, `tools[${index}]`, names));
  const toolChoice = toBackendToolChoice(request.tool_choice, names);
  const reasoning = toReasoning(request, context);
  const text = toText(request, context);
  const include = toInclude(request, reasoning !== undefined, ignore);
  const tier = toServiceTier(request.service_tier, model.info, ignore);
  const parallel = toParallelToolCalls(request.parallel_tool_calls, model.info, ignore);
  const conversation = request.prompt_cache_key
    ? toAcceptedId(request.prompt_cache_key)
    : deriveConversation(request, context);

  return {
    body: {
      model: model.id,
      instructions,
      input,
      ...(tools?.length && { tools }),
      ...(toolChoice !== undefined && { tool_choice: toolChoice }),
      ...(parallel !== undefined && { parallel_tool_calls: parallel }),
      ...(reasoning && { reasoning }),
      ...(text && { text }),
      store: false,
      stream: true,
      ...(include.length > 0 && { include }),
      prompt_cache_key: conversation,
      ...(tier && { service_tier: tier }),
    },
    headers: conversationHeaders(conversation),
    restoreEvent: names.restoreEvent,
  };
}

/**
 * `instructions` and `input`. With `auto` the client's own system text goes into `instructions`, a short neutral text
 * when it gives none; where the configuration or the backend wants another text there, the client's stays in `input`.
 */
function placeInstructions(
  request: CanonicalRequest,
  { model, config, instructions }: ChatGptContext,
  names: ToolNames,
): { instructions: string; input: Loose[] } {
  const items = request.input as unknown as Loose[];
  const own = request.instructions ?? '';
  const toInput = (from: number) =>
    request.input
      .slice(from)
      .map((item, index) => toBackendItem(item, from + index, names, 'ChatGPT'))
      .filter((item) => item !== undefined);

  if (config.instructions !== 'auto' || instructions.insists(model.id)) {
    const developer = {
      type: 'message',
      role: 'developer',
      content: [{ type: 'input_text', text: own }],
    };
    return {
      instructions: instructions.textFor(model.id),
      input: own ? [developer, ...toInput(0)] : toInput(0),
    };
  }

  // JSON mode wants to find the word "JSON" in `input`, so the text that says it has to stay there.
  const isJsonMode = request.text?.format?.type === 'json_object';
  const leading = isJsonMode ? [] : readLeadingInstructions(items);
  const text = [own, ...leading].filter((part) => part !== '').join('\n');
  return { instructions: text || instructions.neutral, input: toInput(leading.length) };
}

/** The texts of the instruction messages at the start; none when nothing else would be left to answer. */
function readLeadingInstructions(items: readonly Loose[]): string[] {
  const texts: string[] = [];
  for (const item of items) {
    const text = isInstruction(item) ? readText(item) : undefined;
    if (text === undefined) return texts;
    texts.push(text);
  }
  return [];
}

/** A message's text; undefined when it holds anything else. */
function readText(message: Loose): string | undefined {
  const texts = readTexts(message);
  return texts.includes(undefined) ? undefined : texts.join('\n');
}

/** The text of each part of a message; undefined for a part that has none. */
function readTexts({ content }: Loose): (string | undefined)[] {
  if (typeof content === 'string') return [content];
  if (!Array.isArray(content)) return [];
  return (content as Loose[]).map(({ text }) => (typeof text === 'string' ? text : undefined));
}

const webSearch = /^web_search(?:_preview)?(?:_\d{4}_\d{2}_\d{2})?$/;
/** Served as they are; all others of the public API's hosted tools are not served by the backend. */
const servedAsTheyAre: ReadonlySet<string> = new Set(['tool_search', 'local_shell']);

function toBackendTool(tool: Loose, param: string, names: ToolNames): Loose {
  const type = String(tool.type);
  const name = typeof tool.name === 'string' ? { name: names.toBackend(tool.name) } : {};
  if (type === 'function') {
    const parameters = toToolParameters(tool.parameters, { hasReferences: true });
    return { type, ...name, ...pick(tool, ['description', 'strict', 'defer_loading']), parameters };
  }
  if (type === 'custom') return { type, ...name, ...pick(tool, ['description', 'format', 'defer_loading']) };
  if (type === 'namespace') {
    const nested = Array.isArray(tool.tools) ? (tool.tools as Loose[]) : [];
    return {
      ...pick(tool, ['type', 'name', 'description']),
      tools: nested.map((inner, index) => toBackendTool(inner, `${param}.tools[${index}]`, names)),
    };
  }
  if (webSearch.test(type)) {
    return { type: 'web_search', ...pick(tool, ['filters', 'user_location', 'search_context_size']) };
  }
  if (type === 'image_generation') return { output_format: 'png', ...tool };
  if (servedAsTheyAre.has(type)) return tool;
  throw new OpenCompatError('OC_TOOL_NOT_SUPPORTED', { tool: type }, { param: `${param}.type` });
}

function toBackendToolChoice(choice: unknown, names: ToolNames): unknown {
  if (typeof choice !== 'object' || choice === null) return choice ?? undefined;
  const { type, name, mode, tools } = choice as Loose;
  if (type === 'allowed_tools') {
    const allowed = Array.isArray(tools) ? tools.map((tool) => toBackendToolChoice(tool, names)) : [];
    return { type, mode, tools: allowed };
  }
  if (typeof name === 'string') return { type, name: names.toBackend(name) };
  return { type: webSearch.test(String(type)) ? 'web_search' : type };
}

function toParallelToolCalls(
  asked: boolean | null | undefined,
  { hasParallelToolCalls }: ModelInfo,
  ignore: (param: string) => void,
): boolean | undefined {
  if (!asked || hasParallelToolCalls !== false) return asked ?? undefined;
  ignore('parallel_tool_calls');
  return undefined;
}

const sentEfforts: ReadonlySet<ReasoningEffort> = new Set(['low', 'medium', 'high', 'xhigh', 'max']);

/**
 * The effort that the model takes for the one that was asked for: the same, else the next weaker one, else the model's
 * default. `none` is sent only where the model lists it; `minimal` is refused even by models that list it, so both get
 * the least that is left. `ultra` is a mode of Codex's own client: its wire form is `max`.
 */
function toEffort(asked: ReasoningEffort, { efforts, defaultEffort }: ModelInfo): ReasoningEffort | undefined {
  if (asked === 'none' && efforts.includes('none')) return 'none';
  const inWireForm = efforts.map((effort) => (effort === 'ultra' ? 'max' : effort));
  const takes = sortEfforts(inWireForm).filter((effort) => sentEfforts.has(effort));
  if (asked === 'none' || asked === 'minimal') return takes[0];
  return atMost(asked, takes) ?? (defaultEffort && takes.includes(defaultEffort) ? defaultEffort : takes[0]);
}

function toReasoning(request: CanonicalRequest, { model, config, ignore }: ChatGptContext): Loose | undefined {
  const { info } = model;
  if (info.efforts.length === 0) {
    if (request.reasoning?.effort && request.reasoning.effort !== 'none') ignore('reasoning.effort');
    return undefined;
  }
  const effort = toEffort(request.reasoning?.effort ?? config.reasoningEffort, info);
  const summary = request.reasoning?.summary ?? config.reasoningSummary;
  const hasSummary = summary !== 'none' && effort !== 'none' && info.hasReasoningSummaries !== false;
  return { ...(effort && { effort }), ...(hasSummary && { summary }) };
}

function toText({ text }: CanonicalRequest, { model, config, ignore }: ChatGptContext): Loose | undefined {
  const hasVerbosity = model.info.hasVerbosity !== false;
  if (!hasVerbosity && text?.verbosity) ignore('text.verbosity');
  const verbosity = hasVerbosity ? (text?.verbosity ?? config.textVerbosity) : undefined;
  const format = toBackendFormat(text?.format as Loose | undefined);
  return verbosity || format ? { ...(verbosity && { verbosity }), ...(format && { format }) } : undefined;
}

function toInclude({ include }: CanonicalRequest, reasons: boolean, ignore: (param: string) => void): string[] {
  const wanted = new Set<string>(reasons ? [encryptedReasoning] : []);
  for (const name of include ?? []) {
    if (takenIncludes.has(name)) wanted.add(name);
    else ignore('include');
  }
  return [...wanted];
}

/** `fast` is what Codex's users call it. `auto` and `default` ask for nothing; the rest cannot be had here. */
function toServiceTier(
  tier: unknown,
  { serviceTiers }: ModelInfo,
  ignore: (param: string) => void,
): string | undefined {
  if (tier === undefined || tier === null || tier === 'auto' || tier === 'default') return undefined;
  if ((tier === 'priority' || tier === 'fast') && serviceTiers?.includes('priority')) return 'priority';
  ignore('service_tier');
  return undefined;
}

/** As much of a text as tells conversations apart; a prompt of megabytes need not be hashed whole. */
const maxHashedCharacters = 8192;

/** SHA-256 in the shape of a UUID, which is what Codex sends for its conversations. */
function toUuid(parts: readonly string[]): string {
  const text = parts.map((part) => `${part.slice(0, maxHashedCharacters)}\0`).join('');
  return hash('sha256', text)
    .slice(0, 32)
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/**
 * The same for each turn of a conversation, so that the backend routes it to where its prefix is cached: a conversation
 * is known by what never changes in it (its instructions and first user message), and by whose it is, so that no client
 * can tell from cache hits what another one asked.
 */
function deriveConversation(request: CanonicalRequest, { clientId }: ChatGptContext): string {
  const items = request.input as unknown as Loose[];
  const firstOther = items.findIndex((item) => !isInstruction(item));
  const leading = items.slice(0, Math.max(0, firstOther));
  const firstUser = items.find((item) => isMessage(item) && item.role === 'user');
  const said = [...leading, firstUser ?? {}].map((item) => readTexts(item).join('\n'));
  return toUuid([clientId, request.instructions ?? '', ...said]);
}

/** Old (underscores) and new (hyphens) spellings: both have been seen in use, neither is refused. */
function conversationHeaders(conversation: string): Record<string, string> {
  const id = /^[\w.-]+$/.test(conversation) ? conversation : toUuid([conversation]);
  return {
    session_id: id,
    conversation_id: id,
    'session-id': id,
    'thread-id': id,
    'x-client-request-id': id,
    'x-codex-window-id': `${id}:0`,
  };
}
