import type { CanonicalEvent } from '../../canonical/types.ts';
import { AnswerWriter } from './answer-writer.ts';
import { joinEvents, splitEvents, WireSink } from './encoders.ts';
import type { ResponseObject } from './response-object.ts';

/**
 * Turns a finished answer into a stream of the same items, each text in one delta; each event's id is its `sequence_number`.
 * @param startingAfter events up to this `sequence_number` are left out
 */
export function replayResponse(response: ResponseObject, startingAfter = -1): string {
  const sink = new WireSink();
  const begun: ResponseObject = {
    ...response,
    status: 'in_progress',
    completed_at: null,
    error: null,
    incomplete_details: null,
    output: [],
    usage: null,
  };
  if (response.status === 'failed' || response.status === 'cancelled') {
    sink.event('response.created', { response: begun });
    sink.event('response.in_progress', { response: begun });
    if (response.status === 'failed') sink.event('response.failed', { response });
  } else {
    const writer = new AnswerWriter(sink, { response: begun, id: response.id, source: 'upstream' });
    writer.take({ type: `response.${response.status}`, response, sequence_number: 0 } as unknown as CanonicalEvent);
  }
  const events = splitEvents(sink.take()).slice(startingAfter + 1);
  return joinEvents(events.length > 0 ? events : endAgain(response, startingAfter), startingAfter + 1);
}

/**
 * A stream that was read live had more events than its replay: whoever has had more of them than there are here is told how it
 * ended, with the whole answer.
 */
function endAgain(response: ResponseObject, startingAfter: number): string[] {
  const sink = new WireSink(startingAfter + 1);
  if (response.status !== 'cancelled') sink.event(`response.${response.status}`, { response });
  return splitEvents(sink.take());
}
