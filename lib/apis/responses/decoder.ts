import type { CanonicalEvent, CanonicalOutputItem } from '../../canonical.ts';
import type { DecoderOptions, StreamDecoder, UpstreamApi } from '../api.ts';
import { holdToShape } from './event-shape.ts';

/** As much of the finished items (as JSON, in characters) as is kept for a terminal event that lacks them. */
const maxKeptCharacters = 64 * 1024 * 1024;

export const responsesUpstream: UpstreamApi = {
  name: 'responses',
  title: 'Responses',
  createDecoder: createResponsesDecoder,
};

/**
 * Takes the data of a Responses stream's SSE events and gives canonical events. Dispatches on the data's `type` (the
 * `event:` line may be missing), and fills in a terminal event whose `output` is empty although items were streamed, as
 * the ChatGPT backend sends it.
 * @throws SyntaxError for data that is not a JSON object, or not of the types that its event asks for
 */
export function createResponsesDecoder({
  onEvent,
  onVendorEvent,
}: Pick<DecoderOptions, 'onEvent' | 'onVendorEvent'>): StreamDecoder {
  const doneItems = new Map<number, CanonicalOutputItem>();
  let keptCharacters = 0;

  function decode(data: string): void {
    // Some compatible servers close the stream as the Chat API does.
    if (data === '[DONE]') return;
    const parsed: unknown = JSON.parse(data);
    if (typeof parsed !== 'object' || parsed === null) throw new SyntaxError('an event that is not an object');
    const event = parsed as CanonicalEvent;
    const { type } = event;
    if (typeof type !== 'string') {
      // An error object without a type is how some servers fail inside a 200 stream.
      if (!('error' in parsed)) throw new SyntaxError('an event without a type');
      onEvent({ ...parsed, type: 'error' } as unknown as CanonicalEvent);
      return;
    }
    holdToShape(event);
    switch (type) {
      case 'response.output_item.done':
        keptCharacters += data.length;
        if (keptCharacters <= maxKeptCharacters) doneItems.set(event.output_index, event.item);
        break;
      case 'response.completed':
      case 'response.incomplete':
        if (event.response.output.length === 0) event.response.output = inOrder(doneItems);
        break;
      default:
        if (type !== 'error' && !type.startsWith('response.')) {
          onVendorEvent(event);
          return;
        }
    }
    onEvent(event);
  }

  // Without its terminal event an answer is not complete.
  return { decode, end() {} };
}

function inOrder(items: Map<number, CanonicalOutputItem>): CanonicalOutputItem[] {
  return [...items].sort(([a], [b]) => a - b).map(([, item]) => item);
}
