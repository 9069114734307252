import { type FailureFacts, toFailureError } from '../../apis/responses/failure.ts';
import { type ErrorCode, OpenCompatError } from '../../errors.ts';
import { asObject, asText, type Json, parseObject } from '../../lenient-json.ts';
import type { UpstreamAnswer } from '../provider.ts';
import { errorByStatus, type Refusal, readRefusal } from '../refusal.ts';
import { type CopilotPath, copilotPaths } from './backend.ts';
import { copilotLogin, copilotTitle } from './names.ts';

const provider = copilotTitle;

/** Codes of refusals that say more than their status. (Those of a model, a path or a parameter are read further down.) */
const rows: Readonly<Record<string, ErrorCode>> = {
  model_not_supported: 'OC_UPSTREAM_MODEL_NOT_FOUND',
  model_not_found: 'OC_UPSTREAM_MODEL_NOT_FOUND',
  model_max_prompt_tokens_exceeded: 'OC_CONTEXT_LENGTH',
  quota_exceeded: 'OC_INSUFFICIENT_QUOTA',
  free_quota_exceeded: 'OC_INSUFFICIENT_QUOTA',
  overage_limit_reached: 'OC_INSUFFICIENT_QUOTA',
  billing_not_configured: 'OC_INSUFFICIENT_QUOTA',
};

/** `{error: {…}}` (its code a text or, with `type`, as Anthropic writes it), `{message, code}`, or a plain sentence. */
function readFacts(parsed: Json | undefined, body: string): FailureFacts {
  if (!parsed) return { message: body };
  const { error } = parsed;
  return asObject(error) ?? { ...parsed, message: asText(error) ?? parsed.message };
}

/**
 * A non-2xx answer of the Copilot backend, or of GitHub, as an error for the client. Never throws, and shows nothing of a
 * body but a cleaned message.
 * @param body at most 64 KiB of the answer, as text; some are JSON under another media type
 */
export function copilotError(
  status: number,
  headers: UpstreamAnswer['headers'],
  body: string,
  nowMs: number = Date.now(),
): OpenCompatError {
  const refusal = readRefusal(provider, { status, headers }, readFacts(parseObject(body), body), nowMs);
  const { reason, retryAfterS } = refusal;
  switch (status) {
    case 401:
      return new OpenCompatError('OC_SIGN_IN_AGAIN', { provider, login: copilotLogin });
    case 402:
      return new OpenCompatError('OC_INSUFFICIENT_QUOTA', { reason }, { retryAfterS });
    case 422:
      return new OpenCompatError('OC_CONTENT_FILTER', { reason });
    case 429:
      if (rowOf(refusal) !== 'OC_INSUFFICIENT_QUOTA') return errorByStatus(refusal);
      return new OpenCompatError('OC_INSUFFICIENT_QUOTA', { reason }, { retryAfterS });
    case 466:
      return new OpenCompatError(
        'OC_UPSTREAM_ERROR',
        {
          reason: `${provider} no longer takes this API version (${reason}). Set \`copilotApiVersion\` (OPENCOMPAT_COPILOT_API_VERSION) to a newer one.`,
        },
        { headers: { 'x-should-retry': 'false' } },
      );
    case 403:
    case 408:
    case 413:
    case 424:
    case 499:
      return errorByStatus(refusal);
    default:
      return status >= 400 && status < 500 ? requestFault(refusal) : errorByStatus(refusal);
  }
}

function rowOf({ publicCode = '' }: Refusal): ErrorCode | undefined {
  return Object.hasOwn(rows, publicCode) ? rows[publicCode] : undefined;
}

/** 400, 404 and other statuses that blame the request. */
function requestFault(refusal: Refusal): OpenCompatError {
  const { status, facts, reason, retryAfterS } = refusal;
  const row = rowOf(refusal);
  switch (row) {
    case 'OC_UPSTREAM_MODEL_NOT_FOUND':
      return new OpenCompatError(row, { provider, reason }, { param: 'model' });
    case 'OC_INSUFFICIENT_QUOTA':
      return new OpenCompatError(row, { reason }, { retryAfterS });
    case 'OC_CONTEXT_LENGTH':
      return new OpenCompatError(row, { reason });
  }
  if (promptTooLong.test(reason)) return new OpenCompatError('OC_CONTEXT_LENGTH', { reason });
  if (foreignThinking.test(reason)) {
    return new OpenCompatError(
      'OC_UPSTREAM_BAD_REQUEST',
      { reason },
      { status, publicCode: 'invalid_encrypted_content' },
    );
  }
  const param = readUnsupported(facts) ?? refusal.param;
  const known = toFailureError({ ...facts, param }, provider);
  if (known && known.status >= 400 && known.status < 500 && known.status !== 401 && known.public.code) return known;
  const publicCode = refusal.publicCode ?? (param ? 'unsupported_parameter' : undefined);
  return new OpenCompatError('OC_UPSTREAM_BAD_REQUEST', { reason }, { status, param, publicCode });
}

/** A prompt that is too long, in the words of Anthropic's API, which has no code for it. */
const promptTooLong = /\bprompt is too long\b/i;

/** Thinking that was changed or signed elsewhere; OpenAI calls it invalid encrypted content. */
const foreignThinking = /\binvalid `?signature`? in `?thinking`? block/i;

const unsupported =
  /\b(?:unsupported|unknown|unrecognized) (?:parameter|request argument)(?: supplied)?:? (?:'([\w.[\]-]{1,100})'|([\w[\]-]{1,100}))/i;

const foreignField = /^([\w.[\]-]{1,100}): Extra inputs are not permitted/;
const deprecatedField = /^`?([\w.[\]-]{1,100})`? is deprecated for this model/;

/** The parameter that a model or an endpoint does not take, in the words of OpenAI's and of Anthropic's API. */
function readUnsupported({ message }: FailureFacts): string | undefined {
  const text = typeof message === 'string' ? message : '';
  const [, quoted, bare] = unsupported.exec(text) ?? [];
  if (quoted || bare) return quoted ?? bare;
  return foreignField.exec(text)?.[1] ?? deprecatedField.exec(text)?.[1];
}

/** The path that the model does not support; undefined for other refusals. */
export function refusedPath({ public: { code, message } }: OpenCompatError): CopilotPath | 'unnamed' | undefined {
  if (code !== 'unsupported_api_for_model') return undefined;
  return copilotPaths.find((path) => new RegExp(`(?:^|\\s)${path}(?:\\s|[.,]|$)`).test(message)) ?? 'unnamed';
}
