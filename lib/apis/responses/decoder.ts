import type { CanonicalEvent, CanonicalOutputItem } from '../../canonical/types.ts';
import type { Json } from '../../lenient-json.ts';
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

const wholeStates: ReadonlySet<unknown> = new Set(['completed', 'incomplete', 'failed']);

export const responsesUpstream: UpstreamApi = {
  name: 'responses',
  title: 'Responses',
  createDecoder: createResponsesDecoder,
};

/**
 * Takes the data of a Responses stream's SSE events, or a whole response, and gives canonical events. Dispatches on the
 * data's `type` (the `event:` line may be missing), and fills in a terminal event whose `output` is empty although items
 * were streamed, as the ChatGPT backend sends it.
 * @throws SyntaxError for data that is not a JSON object, or not of the types that its event asks for, and for an answer of
 *   more than a model makes
 */
function createResponsesDecoder({
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

  function count(event: LooseEvent, characters: number): void {
    countPlace(event.output_index, event.content_index ?? event.summary_index);
    if (!keptEvents.has(event.type)) return;
    keptCharacters += characters;
    if (keptCharacters > maxKeptCharacters) throw new SyntaxError('an answer that is too long to be kept');
  }

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
    count(event as LooseEvent, characters);
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
