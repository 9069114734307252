import type { PublicError } from '../errors.ts';
import type { AnswerContext, ClientApi } from './api.ts';

/** The error event that ends a stream of which nothing is known but its API. @param id of the request */
export function endWithError(api: ClientApi, error: PublicError, id: string): string {
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
  return api.createStreamEncoder({}, context).fail(error, true);
}
