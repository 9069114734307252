import type { CanonicalEvent } from './types.ts';

/**
 * Gives an event to the client. Call it once to pass an event on, changed or not; not at all to drop it; more than once to add
 * some. Synchronous.
 */
export type Emit = (event: CanonicalEvent) => void;

/**
 * Sees each event of an answer, in order, streamed or not, and decides what the client sees of it. The events are regular:
 * each text, each reasoning and the arguments of each call come as deltas, once, in order; what is put together of them (the
 * `done` events, the answer's own copy) follows what the transforms emit. Throwing ends the stream with an error event.
 *
 * @example Drops what the model thought:
 * exchange.onEvent((event, emit) => {
 *   if (event.type !== 'response.reasoning_summary_text.delta') emit(event);
 * });
 *
 * @param choice 0 but for requests that ask for several answers
 */
export type EventTransform = (event: CanonicalEvent, emit: Emit, choice: number) => void;
