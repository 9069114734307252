import type { CanonicalEvent, CanonicalOutputItem } from '../../canonical/types.ts';

/** An event that adds to a run of text: a content part's, or a call's arguments. */
export type DeltaEvent = Extract<
  CanonicalEvent,
  {
    type:
      | 'response.output_text.delta'
      | 'response.refusal.delta'
      | 'response.function_call_arguments.delta'
      | 'response.custom_tool_call_input.delta';
  }
>;

const none: readonly DeltaEvent[] = [];

/**
 * Some servers send a short text only in its `done` event. Finds those texts and gives them as the deltas that are
 * missing, so that what looks at deltas sees all there is. Wants to see every event of one answer.
 */
export class MissingDeltas {
  /** The last run that had a delta, and all that had one. */
  #outputIndex = -1;
  #contentIndex = -1;
  readonly #seen = new Set<string>();

  /** The deltas that should have come before the event. */
  before(event: CanonicalEvent): readonly DeltaEvent[] {
    switch (event.type) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        this.#note(event.output_index, event.content_index);
        return none;
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        this.#note(event.output_index, 0);
        return none;
      case 'response.output_text.done':
        return this.#missing(event, 'response.output_text.delta', event.text, event.content_index);
      case 'response.refusal.done':
        return this.#missing(event, 'response.refusal.delta', event.refusal, event.content_index);
      case 'response.function_call_arguments.done':
        return this.#missing(event, 'response.function_call_arguments.delta', event.arguments);
      case 'response.custom_tool_call_input.done':
        return this.#missing(event, 'response.custom_tool_call_input.delta', event.input);
      case 'response.output_item.done':
        return this.#missingOfItem({ ...event, item_id: event.item.id ?? '' }, event.item);
      default:
        return none;
    }
  }

  #note(outputIndex: number, contentIndex: number): void {
    if (outputIndex === this.#outputIndex && contentIndex === this.#contentIndex) return;
    this.#outputIndex = outputIndex;
    this.#contentIndex = contentIndex;
    this.#seen.add(`${outputIndex}.${contentIndex}`);
  }

  #missingOfItem(event: Place, item: CanonicalOutputItem): readonly DeltaEvent[] {
    switch (item.type) {
      case 'message':
        // Some servers leave out of the finished item what they have streamed.
        return (item.content ?? []).flatMap((part, index) =>
          part.type === 'refusal'
            ? this.#missing(event, 'response.refusal.delta', part.refusal, index)
            : this.#missing(event, 'response.output_text.delta', part.text, index),
        );
      case 'function_call':
        return this.#missing(event, 'response.function_call_arguments.delta', item.arguments);
      case 'custom_tool_call':
        return this.#missing(event, 'response.custom_tool_call_input.delta', item.input);
      default:
        return none;
    }
  }

  #missing(
    { item_id, output_index, sequence_number }: Place,
    type: DeltaEvent['type'],
    text: string | undefined,
    content_index = 0,
  ): readonly DeltaEvent[] {
    if (!text || this.#seen.has(`${output_index}.${content_index}`)) return none;
    this.#note(output_index, content_index);
    // One shape for the four kinds: those without content parts and log probabilities do not mind the extra fields.
    const delta = { type, item_id, output_index, content_index, delta: text, logprobs: [], sequence_number };
    return [delta as DeltaEvent];
  }
}

interface Place {
  item_id: string;
  output_index: number;
  sequence_number: number;
}
