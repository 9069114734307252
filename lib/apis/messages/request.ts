/** Anthropic Messages request → canonical request. Sets no defaults: another box does. */
import { createHash } from 'node:crypto';
import type { CanonicalRequest, ReasoningEffort } from '../../canonical/types.ts';
import { OpenCompatError } from '../../errors.ts';
import { asObject, type Json } from '../../lenient-json.ts';
import type { RequestContext } from '../api.ts';
import { reportUnknown } from '../unknown-params.ts';
import { toInput } from './input.ts';
import { outlineMessages } from './outline.ts';
import { type MessagesRequest, messagesRequestSchema } from './schema.ts';
import { isStrictSchema } from './strict-schema.ts';
import { addTools } from './tools.ts';

/** The largest thinking budget, in tokens, for each effort; and the effort for larger ones. */
const budgetEfforts: readonly [number, ReasoningEffort][] = [
  [2_048, 'low'],
  [16_384, 'medium'],
];
const fullEffort: ReasoningEffort = 'high';

/** Parameters with the same name in the canonical form. */
const sharedParams = ['temperature', 'top_p', 'top_k'] as const satisfies (keyof MessagesRequest &
  keyof CanonicalRequest)[];

/** State or tools that the server would have to provide: the answer would be wrong without them, so they are refused. */
const refusals = {
  thread: 'This thread cannot be held here: send all messages with each request.',
  container: 'There are no containers here.',
  mcp_servers: 'MCP servers are not called from here: connect the client to them.',
} as const satisfies Partial<Record<keyof MessagesRequest, string>>;

/** These details tell the tool runners of Anthropic's SDKs, which ask for a thread by default, to send all messages. */
const threadDetails = { error_code: 'thread_unsupported_request', unsupported: ['thread'] };

/** Dropped silently: they do not affect the answer. */
const silentParams = ['cache_control', 'betas', 'diagnostics'] as const;

const knownParams: ReadonlySet<string> = new Set([
  ...Object.keys(messagesRequestSchema.properties ?? {}),
  ...silentParams,
]);

/** Characters of a text that distinguish conversations. */
const maxHashedCharacters = 8192;

/** Does the client read thinking? Others might take the first block for the answer's text. */
export function wantsThinking({ thinking }: Pick<MessagesRequest, 'thinking'>): boolean {
  return thinking?.type === 'enabled' || thinking?.type === 'adaptive';
}

/** Does it want to see the thinking, or only to send it back? */
export function wantsThinkingText(body: Pick<MessagesRequest, 'thinking'>): boolean {
  return wantsThinking(body) && body.thinking?.display !== 'omitted';
}

/** @throws OpenCompatError for what cannot be honoured without lying */
export function toCanonical(body: MessagesRequest, context: RequestContext): CanonicalRequest {
  refuseHeldState(body);
  const request: CanonicalRequest = {
    model: body.model,
    input: toInput(body),
    stream: body.stream === true,
    reasoning: toReasoning(body),
  };
  addTools(body, request, context);
  const text = toText(body);
  if (text) request.text = text;

  for (const param of sharedParams) {
    const value = body[param];
    if (value != null) request[param] = value;
  }
  if (body.max_tokens !== undefined) request.max_output_tokens = body.max_tokens;
  const stop = body.stop_sequences?.filter((sequence) => sequence !== '');
  if (stop?.length) request.stop = stop;
  const tier = toServiceTier(body);
  if (tier) request.service_tier = tier;
  const cacheKey = toCacheKey(body);
  if (cacheKey) request.prompt_cache_key = cacheKey;

  reportUnknown(body, knownParams, context);
  reportInner(body, context);
  return request;
}

/** Wishes inside other fields that no upstream of another API can know. */
function reportInner({ messages, system, thinking, output_config }: MessagesRequest, { ignore }: RequestContext): void {
  if (thinking?.block_binding) ignore('thinking.block_binding');
  if (output_config?.task_budget) ignore('output_config.task_budget');
  if (Array.isArray(system) && system.some(({ citations }) => Object.keys(citations ?? {}).length > 0))
    ignore('system.citations');
  for (const message of messages) {
    if (message.role === 'system' && message.output_config) ignore('messages.output_config');
    if (!Array.isArray(message.content)) continue;
    for (const block of message.content) reportMarks(block as unknown as Json, ignore);
  }
}

/** Marks of blocks that no other API has a form for, by the type of the block. */
const blockMarks: Readonly<Record<string, readonly string[]>> = {
  compaction: ['encrypted_content', 'signature', 'tool_changes'],
  image: ['transformations'],
  server_tool_use: ['caller'],
  tool_result: ['toolset_name'],
  tool_use: ['caller', 'toolset_name'],
};

function reportMarks(block: Json, ignore: RequestContext['ignore']): void {
  if (asObject(block.citations)?.enabled) ignore('messages.citations');
  for (const mark of blockMarks[String(block.type)] ?? []) if (isTelling(block[mark])) ignore(`messages.${mark}`);
}

/** Does it say anything? That the model itself made a call goes without saying. */
function isTelling(value: unknown): boolean {
  if (value == null || value === '' || (Array.isArray(value) && value.length === 0)) return false;
  const given = asObject(value);
  return !given || (Object.keys(given).length > 0 && given.type !== 'direct');
}

/** The outline of a request that is passed on, for its headers and its log line. @throws OpenCompatError for a thread */
export function toOutline(body: MessagesRequest): CanonicalRequest {
  refuseHeldState(body, ['thread']);
  const { model, messages, stream, tools } = body;
  return {
    model,
    input: outlineMessages(messages),
    stream: stream === true,
    ...(tools && { tools: tools as unknown as CanonicalRequest['tools'] }),
  };
}

function refuseHeldState(
  body: MessagesRequest,
  params: readonly (keyof typeof refusals)[] = Object.keys(refusals) as (keyof typeof refusals)[],
): void {
  for (const param of params) {
    const value = body[param];
    if (value == null || (Array.isArray(value) && value.length === 0)) continue;
    const extra = param === 'thread' ? { details: threadDetails } : undefined;
    throw new OpenCompatError('OC_UNSUPPORTED_PARAMETER', { reason: refusals[param] }, { param, extra });
  }
}

function toReasoning(body: MessagesRequest): CanonicalRequest['reasoning'] {
  const effort = toEffort(body);
  return {
    ...(effort && { effort }),
    // A summary that the client does not read only costs time.
    ...(!wantsThinkingText(body) && { summary: 'none' as const }),
  };
}

function toEffort({ thinking, output_config }: MessagesRequest): ReasoningEffort | undefined {
  // Between tools, Claude thinks no more than when it is told not to: short words about its progress come as thinking.
  if (thinking?.type === 'disabled' || thinking?.type === 'between_tools') return 'none';
  if (output_config?.effort) return output_config.effort;
  const budget = thinking?.type === 'enabled' ? thinking.budget_tokens : undefined;
  if (budget == null) return undefined;
  return budgetEfforts.find(([most]) => budget <= most)?.[1] ?? fullEffort;
}

function toText({ output_config, output_format }: MessagesRequest): CanonicalRequest['text'] {
  const format = output_config?.format ?? output_format;
  if (!format) return undefined;
  const schema = format.schema ?? {};
  return { format: { type: 'json_schema', name: 'answer', schema, strict: isStrictSchema(schema) } };
}

function toServiceTier({ service_tier, speed }: MessagesRequest): CanonicalRequest['service_tier'] {
  if (speed === 'fast') return 'priority';
  return service_tier === 'standard_only' ? 'default' : undefined;
}

/**
 * The user's id, which with Claude Code names the session, and the instructions, which tell its helpers apart: requests that
 * share both begin alike. Hashed, because some clients put an account's name there.
 */
function toCacheKey({ metadata, system }: MessagesRequest): string | undefined {
  const user = metadata?.user_id;
  if (!user) return undefined;
  const instructions = typeof system === 'string' ? system : (system?.at(-1)?.text ?? '');
  return createHash('sha256')
    .update(`${user.slice(0, maxHashedCharacters)}\0${instructions.slice(0, maxHashedCharacters)}`)
    .digest('hex')
    .slice(0, 32);
}
