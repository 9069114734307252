/** The Response objects of answers that are made in the background, from the one that their client is given at once. */
import type { PublicError } from '../../errors.ts';
import { asObject, parseObject } from '../../lenient-json.ts';
import { AnswerWriter } from './answer-writer.ts';
import { splitEvents, WireSink } from './encoders.ts';
import { createResponseObject, type ResponseFacts, type ResponseObject, toResponseError } from './response-object.ts';
import type { ResponsesRequest } from './schema.ts';

/** Is the answer still being made? */
export function isRunning({ status }: { readonly status?: unknown }): boolean {
  return status === 'queued' || status === 'in_progress';
}

/** What a client is given at once. */
export function toQueued(body: ResponsesRequest, facts: ResponseFacts): ResponseObject {
  return { ...createResponseObject(body, facts), status: 'queued' };
}

export function toFailed(response: ResponseObject, error: PublicError): ResponseObject {
  return { ...response, status: 'failed', error: toResponseError(error) };
}

export function toCancelled(response: ResponseObject): ResponseObject {
  return { ...response, status: 'cancelled' };
}

/** The events that end a stream with an error, each without its blank line. @param sent events that came before */
export function toFailureEvents(response: ResponseObject, error: PublicError, sent: number): string[] {
  const sink = new WireSink(sent);
  if (sent > 0) sink.event('response.failed', { response: toFailed(response, error) });
  else new AnswerWriter(sink, { response, id: response.id, source: 'upstream' }).fail(error, false);
  return splitEvents(sink.take());
}

/** Enough of an event to see its type. */
const headBytes = 32;
const stateEvent = /^event: response\.(created|completed|incomplete|failed)\b/;

/** What an event says of the whole answer; undefined for all others, which are nearly all. */
export function readState(event: Buffer): ResponseObject | undefined {
  if (!stateEvent.test(event.toString('latin1', 0, headBytes))) return undefined;
  const data = /^data: (.*)$/m.exec(event.toString())?.[1];
  return asObject(parseObject(data ?? '')?.response) as ResponseObject | undefined;
}
