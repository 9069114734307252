import type { CanonicalEvent, CanonicalOutputItem } from '../../canonical.ts';
import type { Json } from '../../lenient-json.ts';
import type { DecoderOptions, StreamDecoder, UpstreamApi } from '../api.ts';
import { holdToShape } from './event-shape.ts';

/** As much of the finished items (as JSON, in characters) as is kept for a terminal event that lacks them. */
const maxKeptCharacters = 64 * 1024 * 1024;

const wholeStates: ReadonlySet<unknown> = new Set(['completed', 'incomplete', 'failed']);

export const responsesUpstream: UpstreamApi = {
  name: 'responses',
  title: 'Responses',
  createDecoder: createResponsesDecoder,
};

/**
 * Takes the data of a Responses stream's SSE events, or a whole response, and gives canonical events. Dispatches on the data's `type` (the
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
    if (typeof (parsed as CanonicalEvent).type === 'string') {
      take(parsed as CanonicalEvent, data.length);
      return;
    }
    // An error object without a type is how some servers fail inside a 200 stream.
    if (!('error' in parsed)) throw new SyntaxError('an event without a type');
    onEvent({ ...parsed, type: 'error' } as unknown as CanonicalEvent);
  }

  /** @param characters of its JSON */
  function take(event: CanonicalEvent, characters: number): void {
    const { type } = event;
    holdToShape(event);
    switch (type) {
      case 'response.output_item.done':
        keptCharacters += characters;
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

  /** A server that does not stream: what it says is said at once. */
  function decodeWhole(response: Json): void {
    const { status, output } = response;
    if (!wholeStates.has(status)) throw new SyntaxError('a response that is not complete');
    if (status !== 'failed') {
      if (!Array.isArray(output)) throw new SyntaxError('a response without output');
      const begun = { ...response, status: 'in_progress', output: [], usage: null, incomplete_details: null };
      for (const type of ['response.created', 'response.in_progress']) take({ type, response: begun } as never, 0);
    }
    take({ type: `response.${status}`, response } as never, 0);
  }

  // Without its terminal event an answer is not complete.
  return { decode, end() {}, decodeWhole };
}

function inOrder(items: Map<number, CanonicalOutputItem>): CanonicalOutputItem[] {
  return [...items].sort(([a], [b]) => a - b).map(([, item]) => item);
}
