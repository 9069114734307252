/** Turns the refusals of Anthropic's API into errors for the client. Pure. */
import { OpenCompatError } from '../../errors.ts';
import { asObject, parseObject } from '../../lenient-json.ts';
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
  if (told.code !== 'OC_UPSTREAM_BAD_REQUEST') return told;
  if (promptTooLong.test(reason)) return new OpenCompatError('OC_CONTEXT_LENGTH', { reason });
  if (foreignThinking.test(reason)) {
    return new OpenCompatError(told.code, { reason }, { status, publicCode: 'invalid_encrypted_content' });
  }
  const code = readErrorCode(body);
  if (code === undefined) return told;
  const extra = { details: { error_code: code } };
  return new OpenCompatError(told.code, { reason }, { status, publicCode: code, extra, ...(param && { param }) });
}

/** `error.details.error_code`: what SDKs make an error class of. */
function readErrorCode(body: string): string | undefined {
  const code = asObject(asObject(parseObject(body)?.error)?.details)?.error_code;
  return typeof code === 'string' && /^[a-z_]{1,64}$/.test(code) ? code : undefined;
}
