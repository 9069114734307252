import type { Emit } from '../../canonical/event-transform.ts';
import type { DeltaEvent, RegularSink } from '../../canonical/run-writer.ts';
import type { CanonicalEvent, CanonicalRequest, CanonicalResponse } from '../../canonical/types.ts';
/** An event that adds to a text that is counted as output: all but reasoning. */
export type CountedDelta = Extract<DeltaEvent, {
    type: 'response.output_text.delta' | 'response.refusal.delta' | 'response.function_call_arguments.delta' | 'response.custom_tool_call_input.delta';
}>;
/**
 * What the client has been given of an answer, so that the answer can be ended properly at any point: open items are
 * closed, and a terminal event with the output so far takes the place of the upstream's.
 */
export declare class AnswerSoFar implements RegularSink {
    #private;
    constructor(request: CanonicalRequest);
    /** Takes note of an event that goes to the client. */
    track(event: CanonicalEvent): void;
    /**
     * Ends the answer here, as if the model had: with `completed`, or `incomplete` for want of tokens.
     * @param told the upstream's usage, if it has told; else it is counted. The stop sequence that ended the text.
     */
    finish(status: 'completed' | 'incomplete', emit: Emit, told?: Pick<Partial<CanonicalResponse>, 'usage' | 'stop_sequence'>): void;
    /** The client has it already. */
    delta(): void;
    event(type: string, fields: object): void;
    end(status: 'completed' | 'incomplete', response: CanonicalResponse, items: readonly object[]): void;
}
