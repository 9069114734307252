/** The regulariser behind a decoder: canonical events in, regular canonical events out. */
import { type RegulariserOptions } from './regulariser.ts';
import type { CanonicalEvent } from './types.ts';
/**
 * Returns a function that takes the events of one answer and emits them as a regular stream: see {@link Regulariser}. It may
 * change the events that it is given.
 */
export declare function createRegulariser(options: Omit<RegulariserOptions, 'source'> & Partial<Pick<RegulariserOptions, 'source'>>, emit: (event: CanonicalEvent) => void): (event: CanonicalEvent) => void;
