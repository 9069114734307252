import type { Emit } from '../../canonical/event-transform.ts';
import { Regulariser } from '../../canonical/regulariser.ts';
import type { DeltaEvent, RegularSink } from '../../canonical/run-writer.ts';
import type {
  CanonicalEvent,
  CanonicalOutputItem,
  CanonicalRequest,
  CanonicalResponse,
} from '../../canonical/types.ts';
import { countUsage } from '../counted-usage.ts';

/** An event that adds to a text that is counted as output: all but reasoning. */
export type CountedDelta = Extract<
  DeltaEvent,
  {
    type:
      | 'response.output_text.delta'
      | 'response.refusal.delta'
      | 'response.function_call_arguments.delta'
      | 'response.custom_tool_call_input.delta';
  }
>;

/**
 * What the client has been given of an answer, so that the answer can be ended properly at any point: open items are
 * closed, and a terminal event with the output so far takes the place of the upstream's.
 */
export class AnswerSoFar implements RegularSink {
  readonly #request: CanonicalRequest;
  /** Follows the events, and knows at each point what is open. */
  readonly #regulariser = new Regulariser(this, { id: '', source: 'transforms' });
  #response: CanonicalResponse | undefined;
  #sequenceNumber = 0;
  /** Set when the answer ends here. */
  #emit: Emit | undefined;

  constructor(request: CanonicalRequest) {
    this.#request = request;
  }

  /** Takes note of an event that goes to the client. */
  track(event: CanonicalEvent): void {
    this.#sequenceNumber = event.sequence_number;
    if (event.type === 'response.created' || event.type === 'response.in_progress') this.#response = event.response;
    else this.#regulariser.take(event);
  }

  /**
   * Ends the answer here, as if the model had: with `completed`, or `incomplete` for want of tokens.
   * @param told the upstream's usage, if it has told; else it is counted. The stop sequence that ended the text.
   */
  finish(
    status: 'completed' | 'incomplete',
    emit: Emit,
    told: Pick<Partial<CanonicalResponse>, 'usage' | 'stop_sequence'> = {},
  ): void {
    this.#emit = emit;
    const incomplete_details = status === 'incomplete' ? { reason: 'max_output_tokens' } : null;
    const response = { ...this.#response, status, incomplete_details, ...told, output: [] };
    this.#regulariser.take({ type: `response.${status}`, response } as unknown as CanonicalEvent);
  }

  /** The client has it already. */
  delta(): void {}

  event(type: string, fields: object): void {
    if (!this.#emit) return;
    this.#sequenceNumber += 1;
    this.#emit({ type, ...fields, sequence_number: this.#sequenceNumber } as unknown as CanonicalEvent);
  }

  end(status: 'completed' | 'incomplete', response: CanonicalResponse, items: readonly object[]): void {
    if (!this.#emit) return;
    const output = items as CanonicalOutputItem[];
    const usage = response.usage ?? countUsage(this.#request, output);
    this.event(`response.${status}`, { response: { ...response, output, usage } });
  }
}
