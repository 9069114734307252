import type { CanonicalEvent, CanonicalOutputItem } from '../../canonical.ts';
import type { DecoderOptions, StreamDecoder, UpstreamApi } from '../api.ts';
import { holdToShape } from './event-shape.ts';

/** Largest sum of what is kept of an answer besides its text, as JSON, in characters: items, annotations. */
const maxKeptCharacters = 64 * 1024 * 1024;
/** Most items, and parts of items, of an answer: what is behind here looks through all of them now and then. */
const maxPlaces = 4096;

const keptEvents: ReadonlySet<string> = new Set([
  'response.output_item.added',
  'response.output_item.done',
  'response.output_text.annotation.added',
]);

export const responsesUpstream: UpstreamApi = {
  name: 'responses',
  title: 'Responses',
  createDecoder: createResponsesDecoder,
};

/**
 * Takes the data of a Responses stream's SSE events and gives canonical events. Dispatches on the data's `type` (the
 * `event:` line may be missing), and fills in a terminal event whose `output` is empty although items were streamed, as
 * the ChatGPT backend sends it.
 * @throws SyntaxError for data that is not a JSON object, or not of the types that its event asks for, and for an answer of
 *   more than a model makes
 */
export function createResponsesDecoder({
  onEvent,
  onVendorEvent,
}: Pick<DecoderOptions, 'onEvent' | 'onVendorEvent'>): StreamDecoder {
  const doneItems = new Map<number, CanonicalOutputItem>();
  let keptCharacters = 0;
  /** Where the last event belongs: tens of thousands of them come for the same place. */
  let lastItem: unknown;
  let lastPart: unknown;
  const places = new Set<string>();

  function countPlace(item: unknown, part: unknown): void {
    if (item === undefined || (item === lastItem && part === lastPart)) return;
    lastItem = item;
    lastPart = part;
    if (places.size < maxPlaces) places.add(JSON.stringify([item, part]));
    else if (!places.has(JSON.stringify([item, part]))) throw tooMany();
  }

  function count(event: LooseEvent, data: string): void {
    countPlace(event.output_index, event.content_index ?? event.summary_index);
    if (!keptEvents.has(event.type)) return;
    keptCharacters += data.length;
    if (keptCharacters > maxKeptCharacters) throw new SyntaxError('an answer that is too long to be kept');
  }

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
    count(event as LooseEvent, data);
    switch (type) {
      case 'response.output_item.done':
        doneItems.set(event.output_index, event.item);
        break;
      case 'response.completed':
      case 'response.incomplete':
        if (event.response.output.length > maxPlaces) throw tooMany();
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

interface LooseEvent {
  type: string;
  output_index?: unknown;
  content_index?: unknown;
  summary_index?: unknown;
}

function tooMany(): SyntaxError {
  return new SyntaxError('an answer of too many parts');
}

function inOrder(items: Map<number, CanonicalOutputItem>): CanonicalOutputItem[] {
  return [...items].sort(([a], [b]) => a - b).map(([, item]) => item);
}
