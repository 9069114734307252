/** The common part of all upstreams' refusals: reading their text, and mapping their status to an error. */
import { type FailureFacts, readWaitFromMessage, toFailureError } from '../apis/responses/failure.ts';
import { OpenCompatError } from '../errors.ts';
import { asObject, asText } from '../lenient-json.ts';
import { publicText } from '../public-text.ts';
import { readRetryAfterS } from './answer-facts.ts';
import type { UpstreamAnswer } from './provider.ts';

/** A non-2xx answer, read. All texts are fit to be shown to the client. */
export interface Refusal {
  /** The provider's, for messages. */
  title: string;
  status: number;
  /** As the upstream wrote them. */
  facts: FailureFacts;
  /** The upstream's message; may be empty. */
  message: string;
  /** The message, or a replacement if it is empty. */
  reason: string;
  param: string | undefined;
  /** The upstream's own code. */
  publicCode: string | undefined;
  retryAfterS: number | undefined;
  nowMs: number;
}

/** @param nowMs Unix time in milliseconds, for a wait given as a date */
export function readRefusal(
  title: string,
  { status, headers }: { status: number; headers: UpstreamAnswer['headers'] },
  facts: FailureFacts,
  nowMs: number,
): Refusal {
  const message = publicText(facts.message);
  return {
    title,
    status,
    facts,
    message,
    reason: message || `${title} answered with HTTP ${status} and no explanation.`,
    param: publicText(facts.param) || undefined,
    publicCode: readCode(facts),
    retryAfterS: readRetryAfterS(headers, nowMs) ?? readWaitFromMessage(message),
    nowMs,
  };
}

/** The code of an error, when it is one of the API's own and can be shown. */
function readCode({ code }: FailureFacts): string | undefined {
  return typeof code === 'string' && /^[a-z_]{1,64}$/.test(code) ? code : undefined;
}

/** A list of faults as FastAPI writes it: `[{loc, msg}, …]`. Some servers call the text `message`, or give nothing but texts. */
export function readFaults(list: readonly unknown[]): FailureFacts {
  const faults = list.map((fault) => asObject(fault) ?? { msg: fault });
  const messages = faults.map(({ msg, message }) => asText(msg) ?? asText(message)).filter(Boolean);
  return { message: messages.join('; '), param: toFieldPath(faults[0]?.loc) };
}

/** The place of a fault, as OpenAI writes it: `["body", "input", 0, "role"]` → `input[0].role`. */
function toFieldPath(location: unknown): string | undefined {
  if (!Array.isArray(location)) return undefined;
  return (location[0] === 'body' ? location.slice(1) : location).reduce<string>(
    (path, step) => (typeof step === 'number' ? `${path}[${step}]` : path ? `${path}.${step}` : String(step)),
    '',
  );
}

/** The error that a refusal's text describes; undefined if the text says too little. */
export function errorByWords({ facts, title, retryAfterS, nowMs }: Refusal): OpenCompatError | undefined {
  return toFailureError(facts, title, { retryAfterS, nowMs });
}

/** The error that the status stands for, if the text of the refusal says too little. */
export function errorByStatus(refusal: Refusal): OpenCompatError {
  const { status, reason, publicCode, retryAfterS } = refusal;
  switch (status) {
    case 403:
      return new OpenCompatError('OC_FORBIDDEN', { reason }, { publicCode });
    case 413:
      return new OpenCompatError('OC_UPSTREAM_BAD_REQUEST', { reason }, { status, publicCode: 'request_too_large' });
    case 429:
      return errorByWords({ ...refusal, facts: { ...refusal.facts, code: 'rate_limit_exceeded', message: reason } })!;
    case 503:
    case 529:
      return new OpenCompatError('OC_OVERLOADED', { reason }, { retryAfterS });
    default:
      return new OpenCompatError('OC_UPSTREAM_ERROR', { reason }, { retryAfterS });
  }
}
