import { Readable } from 'node:stream';
import type { CanonicalRequest } from '../canonical/types.ts';
import { usageOf } from '../canonical/usage.ts';
import type { ResolvedModel, UpstreamAnswer, UpstreamRequest } from '../providers/provider.ts';
import { type AnswerSource, answerGiven } from './given-answer.ts';

/** The part of an exchange that is used here. `upstream` changes when the answer is in canonical form. */
interface AskedExchange {
  readonly request: Pick<CanonicalRequest, 'generate'>;
  readonly model: ResolvedModel;
  readonly signal: AbortSignal;
  /** A plugin's own answer. */
  readonly givenAnswer: AnswerSource | undefined;
  upstream: UpstreamRequest;
}

const nothingUsed = usageOf(0, 0);

/** The answer to a request that needs no upstream over HTTP; undefined for all others. */
export function answerInside(
  exchange: AskedExchange,
  upstream: UpstreamRequest,
  choice: number,
): UpstreamAnswer | Promise<UpstreamAnswer> | undefined {
  if (exchange.givenAnswer !== undefined) return answerGiven(exchange.givenAnswer, choice, exchange.signal);
  if (exchange.request.generate === false) return answerNothing(exchange);
  // Built-in providers give streams, and `guardProvider` makes streams of what plugins give.
  type Given = UpstreamAnswer | Promise<UpstreamAnswer> | undefined;
  return exchange.model.provider.answer?.(upstream, exchange.signal) as Given;
}

/** The empty answer to a request with `generate: false`: no upstream is asked, no quota spent. */
function answerNothing(exchange: AskedExchange): UpstreamAnswer {
  exchange.upstream = { ...exchange.upstream, api: undefined, isPassThrough: false };
  const event = { type: 'response.completed', response: { output: [], usage: nothingUsed }, sequence_number: 0 };
  const stream = Readable.from([Buffer.from(`data: ${JSON.stringify(event)}\n\n`)], { objectMode: false });
  return Object.assign(stream, { statusCode: 200, headers: {} }) as unknown as UpstreamAnswer;
}
