import type { CanonicalEvent } from './types.ts';

/** Passes an event on: call it once to pass or change, never to drop, more than once to add. Synchronous. */
export type Emit = (event: CanonicalEvent) => void;

/**
 * Sees each decoded stream event of an answer, in order, streamed or not.
 * `choice` is 0 but for requests that ask for several answers.
 */
export type EventTransform = (event: CanonicalEvent, emit: Emit, choice: number) => void;
