/** Canonical request → the body of a Chat Completions request to an upstream: everything that the API can express. */

import { settleAsyncCalls } from '../../canonical/async-calls.ts';
import { ignoreOthers, refuseKeptState } from '../../canonical/ignored.ts';
import type { CanonicalRequest } from '../../canonical/types.ts';
import type { Json } from '../../lenient-json.ts';
import { chatProperties } from './schema.ts';
import { sharedParams } from './shared-params.ts';
import { type MessageOptions, toChatMessages } from './upstream-messages.ts';
import { type ToolOptions, toChatTools } from './upstream-tools.ts';

/** The differences between servers of this API. The defaults suit most of them. */
export interface ChatBodyOptions extends MessageOptions, ToolOptions {
  /** As the provider names it. */
  model: string;
  /** Names a parameter that is dropped, so that the client is told. */
  ignore(param: string): void;
  /** Default `max_tokens`; OpenAI's reasoning models refuse it. */
  maxTokensField?: 'max_tokens' | 'max_completion_tokens';
  /** The field for the effort. Default `reasoning_effort`; with `none` the effort is dropped, and reported as ignored. */
  reasoningEffort?: 'reasoning_effort' | 'none';
  /**
   * Fields of the body, as this API calls them, that the server refuses. They are dropped, and reported as ignored where a
   * client asked for them; `tools` and `response_format` should be refused earlier instead.
   */
  omit?: ReadonlySet<string>;
}

/** The fields read below; all others that a client asked for are reported to it as ignored. */
const taken: ReadonlySet<string> = new Set([
  ...sharedParams,
  'extra',
  'include',
  'input',
  'instructions',
  'logprobs',
  'max_output_tokens',
  'parallel_tool_calls',
  'reasoning',
  'stop',
  'text',
  'tool_choice',
  'tools',
  'top_logprobs',
]);

/** A reasoning item's encrypted form comes along anyway, if it has one. */
const impliedInclude = 'reasoning.encrypted_content';
const logprobsInclude = 'message.output_text.logprobs';

/** Never taken from `extra`: fields that this API knows have been translated, or left out for a reason. */
const known: ReadonlySet<string> = new Set(Object.keys(chatProperties));

/**
 * Pure. Always asks for a stream, with its usage at the end. Without `hasCustomTools`, the answer's events have to go through
 * `restoreCustomCalls`.
 * @throws OpenCompatError for what cannot be left out without lying: OC_TOOL_NOT_SUPPORTED for tools that run upstream,
 * OC_UNSUPPORTED_PARAMETER and OC_UNSUPPORTED_VALUE for references to stored items, OC_ORPHAN_TOOL_OUTPUT
 */
export function toChatBody(request: CanonicalRequest, options: ChatBodyOptions): Json {
  refuseKeptState(request, 'The upstream');
  ignoreOthers(request, taken, options.ignore);

  const asked: Json = {
    messages: toChatMessages(settleAsyncCalls(request), options),
    ...toChatTools(request, options),
    ...toFormat(request.text?.format),
    verbosity: request.text?.verbosity,
    reasoning_effort: toEffort(request, options),
    stop: request.stop?.length ? request.stop : undefined,
    [options.maxTokensField ?? 'max_tokens']: request.max_output_tokens,
    ...toLogprobs(request, options),
  };
  for (const param of sharedParams) asked[param] = request[param];
  // `store: false` is honoured anyway: no upstream stores anything.
  if (asked.store === false) delete asked.store;
  for (const key in request.extra) if (!known.has(key)) asked[key] ??= request.extra[key];

  const body: Json = { model: options.model };
  for (const [param, value] of Object.entries(asked)) {
    if (value === undefined || value === null) continue;
    if (options.omit?.has(param)) options.ignore(param);
    else body[param] = value;
  }
  body.stream = true;
  if (!options.omit?.has('stream_options')) body.stream_options = { include_usage: true };
  return body;
}

function toFormat(format: NonNullable<CanonicalRequest['text']>['format']): Json | undefined {
  if (format?.type === 'json_object') return { response_format: { type: 'json_object' } };
  if (format?.type !== 'json_schema') return undefined;
  const { name, description, schema, strict } = format;
  return {
    response_format: {
      type: 'json_schema',
      json_schema: {
        name,
        ...(description != null && { description }),
        schema,
        ...(strict != null && { strict }),
      },
    },
  };
}

function toEffort({ reasoning }: CanonicalRequest, { reasoningEffort, ignore }: ChatBodyOptions): unknown {
  if (reasoning?.summary && reasoning.summary !== 'none') ignore('reasoning.summary');
  if (!reasoning?.effort) return undefined;
  if (reasoningEffort !== 'none') return reasoning.effort;
  ignore('reasoning_effort');
  return undefined;
}

/** In the Responses API, `include` asks for log probabilities. */
function toLogprobs({ logprobs, top_logprobs, include }: CanonicalRequest, { ignore }: ChatBodyOptions): Json {
  if (include?.some((value) => value !== logprobsInclude && value !== impliedInclude)) ignore('include');
  const isAskedFor = logprobs ?? (include?.includes(logprobsInclude) || undefined);
  if (!isAskedFor) {
    // Servers refuse it without `logprobs`; a number alone asks for nothing.
    if (top_logprobs) ignore('top_logprobs');
    return {};
  }
  return { logprobs: true, top_logprobs };
}
