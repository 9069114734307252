/**
 * Checks an upstream's events against the types of the canonical form, once, where they come in: later code relies on the
 * types. Missing or invalid fields are corrected or left out; a field that would have to be guessed is an error.
 */
import type { TokenLogprob } from '../../canonical/event-writer.ts';
import type { CanonicalEvent } from '../../canonical/types.ts';
/** @throws SyntaxError for an event that cannot be understood */
export declare function holdToShape(event: CanonicalEvent): void;
/** Leaves out invalid entries. */
export declare function toLogprobs(value: unknown): TokenLogprob[];
