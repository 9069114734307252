import type { CanonicalEvent } from './types.ts';
/**
 * Gives an event to the client. Call it once to pass an event on, changed or not; not at all to drop it; more than once to add
 * some. Synchronous.
 */
export type Emit = (event: CanonicalEvent) => void;
/**
 * Sees each event of an answer, in order, streamed or not, and decides what the client sees of it. The events are regular: each
 * text, each reasoning and the arguments of each call come as deltas, once, in order; the `done` events and the answer's own
 * copy are rebuilt from what the transforms emit. Throwing ends the stream with an error event.
 *
 * @example Drop the reasoning summaries:
 * exchange.onEvent((event, emit) => {
 *   if (event.type !== 'response.reasoning_summary_text.delta') emit(event);
 * });
 *
 * @param choice 0 unless the request asks for several answers
 */
export type EventTransform = (event: CanonicalEvent, emit: Emit, choice: number) => void;
