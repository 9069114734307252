import type { CanonicalEvent } from '../../canonical/types.ts';
import type { Json } from '../../lenient-json.ts';
import type { DecoderOptions, StreamDecoder, UpstreamApi } from '../api.ts';
import { passCopilotUsage } from '../vendor-usage.ts';
import { holdToShape } from './event-shape.ts';
import { RepeatedDelta } from './repeated-delta.ts';

const wholeStates: ReadonlySet<unknown> = new Set(['completed', 'incomplete', 'failed']);

/** Events with which an answer ends, without a failure. */
const lastEvents: ReadonlySet<string> = new Set(['response.completed', 'response.incomplete']);

export const responsesUpstream: UpstreamApi = {
  name: 'responses',
  title: 'Responses',
  createDecoder: createResponsesDecoder,
};

/**
 * Takes the data of a Responses stream's SSE events, or a whole response, and gives canonical events. Dispatches on the
 * data's `type`: the `event:` line may be missing.
 * @throws SyntaxError for data that is not a JSON object, or not of the types that its event asks for
 */
function createResponsesDecoder({
  onEvent,
  onVendorEvent,
}: Pick<DecoderOptions, 'onEvent' | 'onVendorEvent'>): StreamDecoder {
  const repeated = new RepeatedDelta();

  function decode(data: string): void {
    const delta = repeated.read(data);
    if (delta) {
      onEvent(delta);
      return;
    }
    // Some compatible servers close the stream as the Chat API does.
    if (data === '[DONE]') return;
    const parsed: unknown = JSON.parse(data);
    if (typeof parsed !== 'object' || parsed === null) throw new SyntaxError('an event that is not an object');
    if (typeof (parsed as CanonicalEvent).type === 'string') {
      take(parsed as CanonicalEvent, data);
      return;
    }
    // An error object without a type is how some servers fail inside a 200 stream.
    if (!('error' in parsed)) throw new SyntaxError('an event without a type');
    onEvent({ ...parsed, type: 'error' } as unknown as CanonicalEvent);
  }

  function take(event: CanonicalEvent, data?: string): void {
    holdToShape(event);
    if (data !== undefined) repeated.study(data, event);
    if (event.type !== 'error' && !event.type.startsWith('response.')) {
      onVendorEvent(event);
      return;
    }
    if (lastEvents.has(event.type)) passCopilotUsage(event as unknown as Json, { onVendorEvent });
    onEvent(event);
  }

  /** For a server that does not stream: decodes the whole response at once. */
  function decodeWhole(response: Json): void {
    const { status, output } = response;
    if (!wholeStates.has(status)) throw new SyntaxError('a response that is not complete');
    if (status !== 'failed') {
      if (!Array.isArray(output)) throw new SyntaxError('a response without output');
      const begun = { ...response, status: 'in_progress', output: [], usage: null, incomplete_details: null };
      for (const type of ['response.created', 'response.in_progress']) take({ type, response: begun } as never);
    }
    take({ type: `response.${status}`, response, copilot_usage: response.copilot_usage } as never);
  }

  // Without its terminal event an answer is not complete.
  return { decode, end() {}, decodeWhole };
}
