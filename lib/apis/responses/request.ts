/**
 * Responses request → canonical request, which is nearly the same: state that is kept elsewhere is refused; this server's own
 * is left to its store.
 */
import type { CanonicalInputItem, CanonicalRequest } from '../../canonical/types.ts';
import { OpenCompatError } from '../../errors.ts';
import { asObject } from '../../lenient-json.ts';
import type { RequestContext } from '../api.ts';
import { toExtra } from '../extra.ts';
import { toInputItem } from './input-items.ts';
import { type LooseItem, type ResponsesRequest, responsesRequestSchema } from './schema.ts';

/** Fields that are the same in canonical form. */
const sharedParams = [
  'instructions',
  'generate',
  'previous_response_id',
  'tool_choice',
  'parallel_tool_calls',
  'max_tool_calls',
  'include',
  'text',
  'max_output_tokens',
  'temperature',
  'top_p',
  'user',
  'safety_identifier',
  'service_tier',
  'prompt_cache_key',
  'prompt_cache_retention',
  'prompt_cache_options',
  'context_management',
  'moderation',
] as const satisfies (keyof ResponsesRequest & keyof CanonicalRequest)[];

/** Jobs and state other than the answers that this server stores. */
const refused: Readonly<Partial<Record<keyof ResponsesRequest, string>>> = {
  conversation: 'Conversations are not kept here: continue with `previous_response_id`.',
  prompt: 'There are no stored prompts here: send `instructions` and `input`.',
};

const knownParams: ReadonlySet<string> = new Set(Object.keys(responsesRequestSchema.properties ?? {}));

export function isStreaming({ stream, type }: ResponsesRequest): boolean {
  return stream === true || type === 'response.create';
}

/** @throws OpenCompatError for what cannot be honoured without lying */
export function toCanonical(body: ResponsesRequest, { ignore }: Pick<RequestContext, 'ignore'>): CanonicalRequest {
  for (const [param, reason] of Object.entries(refused)) {
    if (body[param as keyof ResponsesRequest]) {
      throw new OpenCompatError('OC_UNSUPPORTED_PARAMETER', { reason }, { param });
    }
  }
  if (body.input == null && body.previous_response_id == null) {
    throw new OpenCompatError('OC_MISSING_PARAMETER', {}, { param: 'input' });
  }
  const request: CanonicalRequest = {
    model: body.model,
    input: toInput(body.input ?? []),
    stream: isStreaming(body),
    store: body.store ?? true,
  };
  for (const param of sharedParams) {
    const value = body[param];
    if (value != null) Object.assign(request, { [param]: value });
  }
  if (body.tools?.length) request.tools = body.tools.map(toTool) as CanonicalRequest['tools'];
  const reasoning = toReasoning(body.reasoning);
  if (reasoning) request.reasoning = reasoning;
  // These ask for the server's usual behaviour.
  if (body.truncation === 'auto') request.truncation = body.truncation;
  if (body.top_logprobs) request.top_logprobs = body.top_logprobs;
  if (body.prompt_cache_options?.prewarm) {
    // No upstream is asked for nothing but to prepare its cache.
    request.generate = false;
    ignore('prompt_cache_options.prewarm');
  }
  const extra = toExtra(body, knownParams);
  if (extra) request.extra = extra;
  return request;
}

function toInput(input: string | LooseItem[]): CanonicalInputItem[] {
  if (typeof input !== 'string') return input.map(toInputItem);
  return [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: input }] }];
}

function toReasoning(asked: ResponsesRequest['reasoning']): CanonicalRequest['reasoning'] {
  const { generate_summary, effort, summary, mode, context } = asked ?? {};
  const given = Object.entries({ effort, summary: summary ?? generate_summary, mode, context });
  const wanted = given.filter(([, value]) => value != null);
  return wanted.length > 0 ? Object.fromEntries(wanted) : undefined;
}

function toTool(tool: LooseItem): LooseItem {
  if (tool.type !== 'function') return tool;
  // Upstreams refuse an object schema without `properties`, as MCP servers send it for tools without arguments.
  return { ...tool, parameters: { type: 'object', properties: {}, ...asObject(tool.parameters) } };
}
