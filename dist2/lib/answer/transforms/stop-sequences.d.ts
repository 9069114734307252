import type { EventTransform } from '../../canonical/event-transform.ts';
import type { CanonicalRequest } from '../../canonical/types.ts';
/**
 * Ends a choice's text where one of the stop sequences begins, as if the model had stopped there; all of the choice's texts
 * count as one, as clients see them. Text that may begin a sequence waits for the text that follows; everything else passes at
 * once, without a copy. Make one for each choice.
 * @param request for the usage of an answer that was cut short
 */
export declare function createStopTransform(stop: readonly string[], request: CanonicalRequest): EventTransform;
