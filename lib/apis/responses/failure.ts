import type { CanonicalEvent } from '../../canonical/types.ts';
import { type ErrorCode, OpenCompatError } from '../../errors.ts';
import { asObject, asText } from '../../lenient-json.ts';
import { publicText } from '../../public-text.ts';

/** A failure as a server of the Responses API describes it, without its envelope. Every field may be missing. */
export interface FailureFacts {
  code?: unknown;
  type?: unknown;
  message?: unknown;
  /** An HTTP status, at some servers. */
  status?: unknown;
  param?: unknown;
  /** Unix seconds at which a spent quota comes back (ChatGPT). */
  resets_at?: unknown;
  resets_in_seconds?: unknown;
  plan_type?: unknown;
  /** Why a block for misalignment was made, and how to go on (type `ResponseError.Misalignment` of the openai package 7.59). */
  misalignment?: unknown;
}

/** The row of the error table for each code; `invalid_request_error` codes that are not named here are bad requests. */
const rows: Readonly<Record<string, ErrorCode>> = {
  context_length_exceeded: 'OC_CONTEXT_LENGTH',
  exceed_context_size_error: 'OC_CONTEXT_LENGTH',
  content_filter: 'OC_CONTENT_FILTER',
  invalid_prompt: 'OC_UPSTREAM_BAD_REQUEST',
  cyber_policy: 'OC_UPSTREAM_BAD_REQUEST',
  bio_policy: 'OC_UPSTREAM_BAD_REQUEST',
  misalignment_policy_violation: 'OC_UPSTREAM_BAD_REQUEST',
  data_residency_mismatch: 'OC_UPSTREAM_BAD_REQUEST',
  invalid_encrypted_content: 'OC_UPSTREAM_BAD_REQUEST',
  previous_response_not_found: 'OC_UPSTREAM_BAD_REQUEST',
  model_not_found: 'OC_UPSTREAM_BAD_REQUEST',
  insufficient_quota: 'OC_INSUFFICIENT_QUOTA',
  usage_limit_reached: 'OC_USAGE_LIMIT',
  usage_not_included: 'OC_FORBIDDEN',
  rate_limit_exceeded: 'OC_UPSTREAM_RATE_LIMITED',
  server_is_overloaded: 'OC_OVERLOADED',
  overloaded_error: 'OC_OVERLOADED',
  slow_down: 'OC_OVERLOADED',
  token_expired: 'OC_SIGN_IN_AGAIN',
  token_invalidated: 'OC_SIGN_IN_AGAIN',
};

/** Servers that put an HTTP status where the code belongs (OpenRouter, vLLM). */
const rowsByStatus: ReadonlyMap<string, ErrorCode> = new Map([
  ['400', 'OC_UPSTREAM_BAD_REQUEST'],
  ['402', 'OC_INSUFFICIENT_QUOTA'],
  ['408', 'OC_OVERLOADED'],
  ['422', 'OC_UPSTREAM_BAD_REQUEST'],
  ['429', 'OC_UPSTREAM_RATE_LIMITED'],
  ['503', 'OC_OVERLOADED'],
  ['529', 'OC_OVERLOADED'],
]);

/** Faults of a picture that the client sent: the public API has a dozen codes for them and adds more. */
const imageFault =
  /^(invalid_image|invalid_base64_image|image_|unsupported_image|empty_image|failed_to_download_image)|_image$/;

/** Longest wait in seconds that SDKs of OpenAI still wait for; beyond it they back off for seconds and ask again. */
const longestSdkWaitS = 60;

function rowFor(code: string, type: string, message: string): ErrorCode | undefined {
  // Some failures name themselves in `type` and leave `code` out.
  for (const name of [code, type]) {
    if (Object.hasOwn(rows, name)) return rows[name];
    if (imageFault.test(name)) return 'OC_UPSTREAM_BAD_REQUEST';
  }
  if (/\bat capacity\b/i.test(message)) return 'OC_UPSTREAM_RATE_LIMITED';
  if (/encrypted content\b.*\bcould not be (verified|decrypted)/i.test(message)) return 'OC_UPSTREAM_BAD_REQUEST';
  if (type === 'invalid_request_error') return 'OC_UPSTREAM_BAD_REQUEST';
  return undefined;
}

/** A code that is safe to show: some servers send a number, nothing, or something like an id or a key. */
function toCode(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^[a-z][a-z0-9_.-]{0,63}$/i.test(text) && publicText(text) === text ? text : '';
}

function toStatus(value: unknown): string {
  return typeof value === 'number' || typeof value === 'string' ? String(value) : '';
}

function toParam(value: unknown): string | undefined {
  const text = publicText(value);
  return text === value && /^[\w.[\]-]{1,200}$/.test(text) ? text : undefined;
}

function toNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

const unitSeconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86400 };

/** Seconds to wait, from words: "try again in 1.5s", "… in 20ms", "… in 6m0s", "… in 2 minutes". */
export function readWaitFromMessage(message: string): number | undefined {
  const told = /try again in\s+((?:\d+(?:\.\d+)?\s*(?:ms|[smhd])[a-z]*\s*)+)/i.exec(message)?.[1];
  if (!told) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of told.matchAll(/(\d+(?:\.\d+)?)\s*(ms|[smhd])[a-z]*/gi)) {
    seconds += Number(amount) * unitSeconds[unit!.toLowerCase()]!;
  }
  return seconds;
}

/**
 * A failure that the upstream described, as an error for the client; undefined when it says too little to be classified.
 * @param times seconds to wait as the response's headers say; the time now, for a wait given as a date
 */
export function toFailureError(
  facts: FailureFacts,
  providerTitle: string,
  { retryAfterS, nowMs }: { retryAfterS?: number; nowMs?: number } = {},
): OpenCompatError | undefined {
  const code = toCode(facts.code);
  const type = toCode(facts.type);
  const message = publicText(facts.message);
  const row = rowFor(code, type, message) ?? rowsByStatus.get(toStatus(facts.code ?? facts.status));
  if (!row) return undefined;

  const reason = message || `${providerTitle} refused the request without saying why.`;
  const param = toParam(facts.param);
  switch (row) {
    case 'OC_USAGE_LIMIT': {
      const resetsAtS = toNumber(facts.resets_at);
      const resetsInS = toNumber(facts.resets_in_seconds) ?? (nowMs && resetsAtS && resetsAtS - nowMs / 1000);
      const planType = toCode(facts.plan_type);
      return new OpenCompatError(
        row,
        { reason: withResetTime(reason, resetsAtS) },
        {
          retryAfterS: resetsInS ?? retryAfterS,
          extra: {
            ...(resetsAtS !== undefined && { resets_at: resetsAtS }),
            ...(resetsInS !== undefined && { resets_in_seconds: Math.max(0, Math.ceil(resetsInS)) }),
            ...(planType && { plan_type: planType }),
          },
        },
      );
    }
    case 'OC_UPSTREAM_RATE_LIMITED':
    case 'OC_OVERLOADED': {
      const waitS = retryAfterS ?? readWaitFromMessage(message);
      const isLong = waitS !== undefined && waitS > longestSdkWaitS;
      return new OpenCompatError(
        row,
        { reason },
        { retryAfterS: waitS, ...(isLong && { headers: { 'x-should-retry': 'false' } }) },
      );
    }
    case 'OC_SIGN_IN_AGAIN':
      return new OpenCompatError(row, { provider: providerTitle });
    case 'OC_FORBIDDEN':
      return new OpenCompatError(row, { reason }, { publicCode: code || type });
    case 'OC_UPSTREAM_BAD_REQUEST': {
      const isUnverified = /encrypted content\b/i.test(message) && !code;
      const named = code || (Object.hasOwn(rows, type) || imageFault.test(type) ? type : '');
      const publicCode = isUnverified ? 'invalid_encrypted_content' : named;
      // Servers use different statuses for an unknown model; SDKs raise their "not found" class only for 404.
      const status = code === 'model_not_found' ? 404 : undefined;
      const misalignment = toMisalignment(facts.misalignment);
      return new OpenCompatError(
        row,
        { reason },
        { param, status, ...(publicCode && { publicCode }), ...(misalignment && { extra: { misalignment } }) },
      );
    }
    case 'OC_INSUFFICIENT_QUOTA':
      return new OpenCompatError(row, { reason }, { param, retryAfterS });
    default:
      return new OpenCompatError(row, { reason }, { param });
  }
}

/** Its fields as far as they are known. */
function toMisalignment(value: unknown): object | undefined {
  const told = asObject(value);
  if (!told) return undefined;
  const { detailed_explanation, error_type, review_target, steer } = told;
  const message = asText(asObject(steer)?.message);
  const texts = Object.entries({ detailed_explanation, error_type, review_target }).filter(
    ([, text]) => typeof text === 'string',
  );
  return {
    ...Object.fromEntries(texts.map(([key, text]) => [key, publicText(text)])),
    ...(message !== undefined && { steer: { message: publicText(message) } }),
  };
}

function withResetTime(reason: string, resetsAtS: number | undefined): string {
  const resetsAt = new Date((resetsAtS ?? Number.NaN) * 1000);
  if (Number.isNaN(resetsAt.getTime())) return reason;
  return `${reason.replace(/[.\s]*$/, '')}. It resets at ${resetsAt.toISOString()}.`;
}

/**
 * The error that a `response.failed` or `error` event stands for. `error` comes flat (`{code, message, param}`, as
 * documented) and nested (`{error: {…}}`, as several servers send it); its code may be null.
 */
export function errorFromFailedEvent(event: CanonicalEvent, providerTitle: string): OpenCompatError {
  const { response, error, ...flat } = event as unknown as {
    response?: { error?: FailureFacts | null };
    error?: unknown;
  } & FailureFacts;
  const nested = response ? response.error : error;
  // The event's own `type` says only that it is an error.
  const facts: FailureFacts =
    typeof nested === 'object' && nested !== null
      ? nested
      : { ...flat, type: undefined, ...(typeof nested === 'string' && { message: nested }) };
  const known = toFailureError(facts, providerTitle);
  if (known) return known;
  const message = publicText(facts.message);
  return new OpenCompatError('OC_UPSTREAM_ERROR', {
    reason: message || `${providerTitle} failed without saying why.`,
  });
}
