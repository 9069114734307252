/** The end of a stream of which nothing is known but its API. */
import { OpenCompatError, type PublicError } from '../errors.ts';
import type { AnswerContext, ClientApi, StreamEncoder } from './api.ts';

/** The event that ends a stream whose rest is lost. @param events that have come @param id of the request */
export function lossOf(api: ClientApi, events: number, reason: string, id: string): string {
  return openEncoder(api, id).fail(lostAfter(events, reason), true);
}

export function keepaliveOf(api: ClientApi): string {
  return openEncoder(api, '').keepalive;
}

export function lostAfter(events: number, reason: string): PublicError {
  return new OpenCompatError('OC_ANSWER_LOST', { events, reason }).public;
}

function openEncoder(api: ClientApi, id: string): StreamEncoder {
  const context: AnswerContext = {
    id,
    headers: {},
    defaults: { reasoningCompat: 'none' },
    ignore() {},
    createdS: 0,
    model: '',
    receivedMs: 0,
    nowMs: () => 0,
    request: { model: '', input: [] } as never,
  };
  return api.createStreamEncoder({}, context);
}
