/** Ends an answer before its upstream does, for the sake of new input: between two items, so that what is there is whole. */
import { listRequiredInput } from '../apis/responses/steering.ts';
import type { RegularStream } from '../canonical/regular-stream.ts';
import type { CanonicalEvent, CanonicalRequest } from '../canonical/types.ts';
import { countUsage } from './counted-usage.ts';

export interface EarlyEnd {
  /** Aborted: the answer is to end at the next boundary between its items. */
  readonly signal: AbortSignal;
  /** What the answer is to; for its tools and the usage. */
  readonly request: CanonicalRequest;
}

/**
 * Ends the answer unless an item is under way, or a call waits for its client: nothing can follow a call but its output, so that
 * the model may as well make all of its calls.
 */
export function endBetweenItems(stream: RegularStream, { request }: EarlyEnd): void {
  const output = stream.settledOutput;
  if (!output || listRequiredInput(output, request.tools).length > 0) return;
  const response = {
    status: 'incomplete',
    incomplete_details: { reason: 'steered' },
    output,
    usage: countUsage(request, output),
  };
  stream.take({ type: 'response.incomplete', response, sequence_number: 0 } as unknown as CanonicalEvent);
}
