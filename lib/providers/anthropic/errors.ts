/** Turns the refusals of Anthropic's API into errors for the client. Pure. */
import { OpenCompatError } from '../../errors.ts';
import { asObject, type Json, parseObject } from '../../lenient-json.ts';
import { openAiCompatibleError } from '../openai-compatible/errors.ts';
import type { UpstreamAnswer } from '../provider.ts';

/** Anthropic has no code for a prompt that is too long. */
const promptTooLong = /\bprompt is too long\b/i;
/** Thinking that was changed or signed elsewhere; OpenAI calls it invalid encrypted content. */
const foreignThinking = /\binvalid `?signature`? in `?thinking`? block/i;

/** @param body at most 64 KiB of the answer, as text */
export function anthropicError(
  title: string,
  status: number,
  headers: UpstreamAnswer['headers'],
  body: string,
  nowMs: number,
): OpenCompatError {
  const told = openAiCompatibleError(title, status, headers, body, nowMs);
  const { message: reason, param } = told.public;
  const details = readDetails(body);
  const extra = details && { details };
  if (told.code !== 'OC_UPSTREAM_BAD_REQUEST') return extra ? told.withExtra(extra) : told;
  if (promptTooLong.test(reason)) return new OpenCompatError('OC_CONTEXT_LENGTH', { reason });
  if (foreignThinking.test(reason)) {
    return new OpenCompatError(told.code, { reason }, { status, publicCode: 'invalid_encrypted_content' });
  }
  if (!details) return told;
  return new OpenCompatError(
    told.code,
    { reason },
    { status, publicCode: details.error_code, extra, ...(param && { param }) },
  );
}

/** What SDKs make an error class of, by its code, and what that needs (`paths` and `max_side_length_pixels` of large pictures). */
function readDetails(body: string): (Json & { error_code: string }) | undefined {
  const details = asObject(asObject(parseObject(body)?.error)?.details);
  const code = details?.error_code;
  return typeof code === 'string' && /^[a-z_]{1,64}$/.test(code) ? { ...details, error_code: code } : undefined;
}
