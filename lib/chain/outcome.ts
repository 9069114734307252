/** What became of a request, in one word: for logs and metrics. The status cannot tell, as a stream begins with 200. */
import type { ErrorCode, OpenCompatError } from '../errors.ts';
import { logSentence } from '../public-text.ts';
import type { Outcome } from './hooks.ts';
import type { Exchange, Trial } from './middleware.ts';

/** @param isWhole has all of the answer been handed to the client? */
export function outcomeOf({ error, answerEnd }: Exchange, isWhole: boolean): Outcome {
  if (error) return outcomeOfError(error);
  return isWhole ? (answerEnd ?? 'ok') : 'client-left';
}

function outcomeOfError({ code, status }: OpenCompatError): Outcome {
  switch (code) {
    case 'OC_CONTENT_FILTER':
      return 'filtered';
    case 'OC_CLIENT_STALLED':
      return 'client-left';
    case 'OC_SHUTTING_DOWN':
      return 'stopped';
    case 'OC_NO_CREDENTIALS':
    case 'OC_SIGN_IN_AGAIN':
    case 'OC_CREDENTIALS_UNREADABLE':
    case 'OC_UPSTREAM_KEY_MISSING':
    case 'OC_UPSTREAM_KEY_REFUSED':
      return 'signed-out';
    default:
      if (status === 429) return 'limited';
      if (status < 500) return 'rejected';
      return status === 500 ? 'failed' : 'upstream-failed';
  }
}

/** Why a request failed: what the client was told, the upstream's status, what was tried before. */
/** One failure of an upstream, whether the client was told of it or another model answered. */
export interface UpstreamFailure {
  readonly provider: string;
  readonly model: string;
  readonly error: ErrorCode;
  /** Of the upstream's refusal; undefined where none came. */
  readonly status: number | undefined;
}

/** Codes of errors that an upstream or the way to it has caused, besides those whose refusal has a status. */
const ofUpstreams: ReadonlySet<ErrorCode> = new Set([
  'OC_OVERLOADED',
  'OC_USAGE_LIMIT',
  'OC_UPSTREAM_BLOCKED',
  'OC_UPSTREAM_ERROR',
  'OC_UPSTREAM_INVALID',
  'OC_UPSTREAM_RATE_LIMITED',
  'OC_UPSTREAM_STREAM_CLOSED',
  'OC_UPSTREAM_TIMEOUT',
  'OC_UPSTREAM_UNREACHABLE',
]);

export function upstreamFailuresOf({ trials, error, resolvedModel: model, timings }: Exchange): UpstreamFailure[] {
  const failures = trials.filter((trial) => trial.status !== undefined || ofUpstreams.has(trial.error.code));
  const isUntried = error !== undefined && !trials.some((trial) => trial.error === error);
  // In the middle of an answer.
  if (isUntried && model && timings.upstreamSentMs !== undefined && ofUpstreams.has(error.code))
    failures.push({ model, error });
  return failures.map(toUpstreamFailure);
}

function toUpstreamFailure({ model, error, status }: Trial): UpstreamFailure {
  return { provider: model.provider.name, model: model.id, error: error.code, status };
}

export interface Failure {
  readonly error: ErrorCode | undefined;
  readonly param: string | undefined;
  readonly reason: string | undefined;
  readonly upstreamStatus: number | undefined;
  readonly tried: readonly string[] | undefined;
}

/** Its texts are fit for a log line. */
export function describeFailure({ error, trials }: Exchange): Failure {
  const last = trials.find((trial) => trial.error === error);
  const tried = trials
    .filter((trial) => trial !== last)
    .map(({ model, error: { code }, status }) => [`${model.provider.name}/${model.id}`, code, status].join(' ').trim());
  return {
    error: error?.code,
    param: error?.public.param ? logSentence(error.public.param) : undefined,
    reason: error && logSentence(error.message),
    upstreamStatus: last?.status,
    tried: tried.length > 0 ? tried : undefined,
  };
}
