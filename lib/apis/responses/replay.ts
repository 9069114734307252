import type { CanonicalEvent } from '../../canonical/types.ts';
import { AnswerWriter } from './answer-writer.ts';
import { WireSink } from './encoders.ts';
import type { ResponseObject } from './response-object.ts';

/**
 * Turns a finished answer into a stream of the same items, each text in one delta.
 * @param startingAfter events up to this `sequence_number` are left out
 */
export function replayResponse(response: ResponseObject, startingAfter = -1): string {
  const sink = new WireSink();
  const begun: ResponseObject = {
    ...response,
    status: 'in_progress',
    completed_at: null,
    incomplete_details: null,
    output: [],
    usage: null,
  };
  const writer = new AnswerWriter(sink, { response: begun, id: response.id, source: 'upstream' });
  writer.take({ type: `response.${response.status}`, response, sequence_number: 0 } as unknown as CanonicalEvent);
  const events = sink.take().split(/(?<=\n\n)/);
  return events.slice(startingAfter + 1).join('');
}
