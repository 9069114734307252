/** Completions request → canonical request: each prompt becomes a conversation of its own. */

import { decodeTokens } from '../../canonical/tokens.ts';
import type { CanonicalRequest } from '../../canonical/types.ts';
import { OpenCompatError } from '../../errors.ts';
import type { RequestContext } from '../api.ts';
import { toExtra } from '../extra.ts';
import { toContinuation, toGapFilling } from '../plain-prompts.ts';
import { type CompletionRequest, completionRequestSchema } from './schema.ts';

/** Fields with the same name in canonical form. */
const sharedParams = [
  'temperature',
  'top_p',
  'presence_penalty',
  'frequency_penalty',
  'logit_bias',
  'seed',
  'user',
] as const satisfies (keyof CompletionRequest & keyof CanonicalRequest)[];

/** The highest value of `maxPrompts`: longer lists are refused unread, since each prompt becomes a conversation. */
const mostPrompts = 2048;

const knownParams: ReadonlySet<string> = new Set(Object.keys(completionRequestSchema.properties ?? {}));

/**
 * Without `max_tokens` the model ends where it likes. (OpenAI stops after 16 tokens, which no client relies on and no reader
 * expects.)
 * @throws OpenCompatError OC_INVALID_TYPE for a list of mixed kinds, OC_INVALID_VALUE for unknown tokens and for lists that are
 *   too long
 */
export function toCanonical(body: CompletionRequest, context: RequestContext): CanonicalRequest {
  const { suffix } = body;
  const [input, ...moreInputs] = readPrompts(body).map((prompt) =>
    suffix ? toGapFilling(prompt, suffix) : toContinuation(prompt),
  );
  const request: CanonicalRequest = { model: body.model, input: input!, stream: isStreaming(body) };
  if (moreInputs.length > 0) request.moreInputs = moreInputs;
  for (const param of sharedParams) {
    const value = body[param];
    if (value != null) Object.assign(request, { [param]: value });
  }
  if (body.n != null) request.choices = body.n;
  if (body.max_tokens != null) request.max_output_tokens = body.max_tokens;
  const stop = typeof body.stop === 'string' ? [body.stop] : body.stop;
  if (stop?.length) request.stop = stop;
  if (body.logprobs != null) request.logprobs = true;
  if (body.logprobs) request.top_logprobs = body.logprobs;
  // `best_of` is not supported: only `n` answers are made.
  if (body.best_of != null && body.best_of !== (body.n ?? 1)) context.ignore('best_of');
  const extra = toExtra(body, knownParams);
  if (extra) request.extra = extra;
  return request;
}

export function isStreaming({ stream }: CompletionRequest): boolean {
  return stream === true;
}

/**
 * The texts to complete, in order.
 * @throws OpenCompatError as `toCanonical`
 */
export function readPrompts({ prompt }: CompletionRequest): string[] {
  if (typeof prompt === 'string') return [prompt];
  if (prompt.every((item) => typeof item === 'number')) return [readTokens(prompt)];
  if (prompt.length > mostPrompts) {
    const reason = `Invalid 'prompt': array too long. Expected an array with maximum length ${mostPrompts}, but got an array with length ${prompt.length} instead.`;
    throw new OpenCompatError(
      'OC_INVALID_VALUE',
      { reason },
      { param: 'prompt', publicCode: 'array_above_max_length' },
    );
  }
  if (prompt.every((item) => typeof item === 'string')) return prompt;
  if (prompt.every((item) => Array.isArray(item))) return prompt.map(readTokens);
  const reason = `Invalid type for 'prompt': expected a text, a list of texts, a list of tokens, or a list of such lists.`;
  throw new OpenCompatError('OC_INVALID_TYPE', { reason }, { param: 'prompt' });
}

function readTokens(tokens: number[]): string {
  const text = decodeTokens(tokens);
  if (text !== undefined) return text;
  const reason = `Invalid value for 'prompt': not all of its tokens are tokens of the encoding o200k_base.`;
  throw new OpenCompatError('OC_INVALID_VALUE', { reason }, { param: 'prompt' });
}
