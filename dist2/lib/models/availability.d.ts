/** Remembers which models cannot answer for a while, because their provider said until when. */
import type { OpenCompatError } from '../errors.ts';
import type { ResolvedModel } from '../providers/provider.ts';
export interface Availability {
    /** Records a model's failure; only refusals with a time are kept. */
    note(model: ResolvedModel, error: OpenCompatError): void;
    /** A model has answered: forgets its failures. */
    noteAnswer(model: ResolvedModel): void;
    /** Forgets what is known of a provider, which a reload has changed. */
    forget(provider: string): void;
    /**
     * An order in which to ask: 1 when the model's provider could not be reached a moment ago, 2 when its quota is spared, else 0.
     */
    doubtOf(model: ResolvedModel): 0 | 1 | 2;
    /** The error that a model would give now, if known, with the remaining time as its `retry-after`. */
    blockedBy(model: ResolvedModel): OpenCompatError | undefined;
}
/** @param now Unix milliseconds */
export declare function createAvailability(now?: () => number): Availability;
