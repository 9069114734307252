/** What the refusals of all upstreams have in common: what they say, and what their status means. */
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
  /** What the upstream said; may be empty. */
  message: string;
  /** The same, or what can be said in its place. */
  reason: string;
  param: string | undefined;
  /** The upstream's own code. */
  publicCode: string | undefined;
  retryAfterS: number | undefined;
  nowMs: number;
}

/** @param nowMs Unix time in milliseconds, for a wait that is told as a date */
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

/** A list of faults as FastAPI writes it: `[{loc, msg}, …]`. Some servers call the text `message`. */
export function readFaults(list: readonly unknown[]): FailureFacts {
  const faults = list.map(asObject).filter((fault) => fault !== undefined);
  const messages = faults.map(({ msg, message }) => asText(msg) ?? asText(message)).filter(Boolean);
  return { message: messages.join('; '), param: toFieldPath(faults[0]?.loc) };
}

/** Where a fault is, as OpenAI writes it: `["body", "input", 0, "role"]` → `input[0].role`. */
function toFieldPath(location: unknown): string | undefined {
  if (!Array.isArray(location)) return undefined;
  return (location[0] === 'body' ? location.slice(1) : location).reduce<string>(
    (path, step) => (typeof step === 'number' ? `${path}[${step}]` : path ? `${path}.${step}` : String(step)),
    '',
  );
}

/** The error that the words of a refusal stand for; undefined when they say too little. */
export function errorByWords({ facts, title, retryAfterS, nowMs }: Refusal): OpenCompatError | undefined {
  return toFailureError(facts, title, { retryAfterS, nowMs });
}

/** The error that the status stands for, where the words of the refusal say no more than it does. */
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
