import type { CanonicalResponse, CanonicalUsage } from '../../canonical/types.ts';
import type { PublicError } from '../../errors.ts';
import type { AnswerContext } from '../api.ts';
import type { ResponsesRequest } from './schema.ts';

export type ResponseStatus = 'queued' | 'in_progress' | 'completed' | 'incomplete' | 'failed' | 'cancelled';

/** What the object says beside what the client sent. */
export type ResponseFacts = Pick<AnswerContext, 'id' | 'createdS' | 'model' | 'request' | 'keep'>;

/** A Response object: the request's parameters as the client sent them, and the answer. */
export interface ResponseObject {
  readonly id: string;
  readonly object: 'response';
  readonly status: ResponseStatus;
  readonly output: readonly object[];
  readonly usage: object | null;
  readonly [field: string]: unknown;
}

function toResponseId(id: string): string {
  return `resp_${id}`;
}

/**
 * The object as it is while the answer is being made. It echoes exactly the parameters that the client sent, even those that
 * the upstream does not take, and never instructions that this server added.
 */
export function createResponseObject(body: ResponsesRequest, context: ResponseFacts): ResponseObject {
  const { effort, summary, mode, context: scope } = context.request.reasoning ?? {};
  return {
    id: toResponseId(context.id),
    object: 'response',
    created_at: context.createdS,
    status: 'in_progress',
    background: body.background === true,
    completed_at: null,
    error: null,
    incomplete_details: null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: body.max_tool_calls ?? null,
    model: context.model,
    output: [],
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: body.previous_response_id ?? null,
    ...(body.prompt_cache_key != null && { prompt_cache_key: body.prompt_cache_key }),
    reasoning: {
      effort: effort ?? null,
      summary: summary ?? null,
      ...(mode != null && { mode }),
      ...(scope != null && { context: scope }),
    },
    ...(body.safety_identifier != null && { safety_identifier: body.safety_identifier }),
    service_tier: body.service_tier ?? 'auto',
    // Tells the truth: whether the answer can be retrieved later.
    store: body.store !== false && context.keep !== undefined,
    temperature: body.temperature ?? 1,
    text: { ...body.text, format: body.text?.format ?? { type: 'text' } },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_logprobs: body.top_logprobs ?? 0,
    top_p: body.top_p ?? 1,
    truncation: body.truncation ?? 'disabled',
    usage: null,
    user: body.user ?? null,
    metadata: body.metadata ?? {},
  };
}

/** What only the upstream knows: results of features that not every one has, and what it made of the request. */
const reported = [
  'access_programs',
  'image',
  'input_transformations',
  'moderation',
  'prompt_cache_diagnostics',
  'prompt_cache_options',
  'tool_usage',
] as const satisfies (keyof CanonicalResponse)[];

/** @param response as the upstream ends it */
export function toReported(response: CanonicalResponse): object {
  const told = reported.map((field) => [field, response[field]] as const);
  return Object.fromEntries(told.filter(([, value]) => typeof value === 'object' && value !== null));
}

/** Strict clients want every detail that the type has; compatible servers leave them out. */
export function toResponseUsage(usage: CanonicalUsage | null | undefined): object | null {
  if (!usage) return null;
  const { input_tokens_details: input, output_tokens_details: output } = usage;
  return {
    ...usage,
    input_tokens_details: {
      ...input,
      cached_tokens: input?.cached_tokens ?? 0,
      cache_write_tokens: input?.cache_write_tokens ?? 0,
    },
    output_tokens_details: { ...output, reasoning_tokens: output?.reasoning_tokens ?? 0 },
  };
}

export function toResponseError({ code, message, extra }: PublicError): object {
  const { misalignment } = extra ?? {};
  return { code: code ?? 'server_error', message, ...(misalignment !== undefined && { misalignment }) };
}
