/**
 * Changes the text of an answer as it streams. What may be the beginning of a word or of a match is held back until the text goes
 * on, or ends; so a change never depends on where the deltas are cut.
 */
import type { Emit, EventTransform } from '../../canonical/event-transform.ts';
import type { CanonicalEvent } from '../../canonical/types.ts';
import { type HeldText, PatternText, WordText } from './held-text.ts';

/** `text`: what the model says. `refusal`: why it declines. `reasoning`: its thoughts. `arguments`: what it calls tools with. */
export type AnswerTextKind = 'text' | 'refusal' | 'reasoning' | 'arguments';

export interface TextPlace {
  readonly kind: AnswerTextKind;
  /** 0 unless the request asks for several answers. */
  readonly choice: number;
}

/** Changes whole words: gets a stretch of text that ends at a space, or at the end. @returns what takes its place */
export type ChangeText = (text: string, place: TextPlace) => string;

export interface TextPattern {
  /** The matches; its flag `g` is implied. Look-behind sees up to `maxLength` characters. */
  readonly pattern: RegExp;
  /** Longest match, in UTF-16 units: as much is held back. 1 to 4096, default 256. */
  readonly maxLength?: number;
  /** Takes the place of a match. */
  replace(match: string, place: TextPlace): string;
  /** Default: all but `arguments`. */
  readonly kinds?: readonly AnswerTextKind[];
}

type DeltaEvent = Extract<CanonicalEvent, { delta: string; item_id: string; output_index: number }>;

const kindOf: Partial<Record<CanonicalEvent['type'], AnswerTextKind>> = {
  'response.output_text.delta': 'text',
  'response.refusal.delta': 'refusal',
  'response.reasoning_text.delta': 'reasoning',
  'response.reasoning_summary_text.delta': 'reasoning',
  'response.function_call_arguments.delta': 'arguments',
  'response.custom_tool_call_input.delta': 'arguments',
};
const usualKinds: readonly AnswerTextKind[] = ['text', 'refusal', 'reasoning'];

/** @throws RangeError for a `maxLength` out of range */
export function createTextTransform(change: ChangeText | TextPattern): EventTransform {
  const kinds = (typeof change === 'function' ? undefined : change.kinds) ?? usualKinds;
  const open = (place: TextPlace): HeldText =>
    typeof change === 'function'
      ? new WordText((text) => change(text, place))
      : new PatternText(change.pattern, change.maxLength, (match) => change.replace(match, place));
  /** Checks the options before the first event. */
  open({ kind: 'text', choice: 0 });
  const choices = new Map<number, OpenText>();

  return function changeText(event, emit, choice) {
    const kind = kindOf[event.type];
    const current = choices.get(choice);
    if (kind === undefined || !kinds.includes(kind)) {
      // Texts come one after another: whatever else comes ends the one before.
      if (current && kind === undefined && !isOfTextItself(event)) {
        choices.delete(choice);
        current.end(emit);
      }
      emit(event);
      return;
    }
    const delta = event as DeltaEvent;
    let text = current;
    if (!text?.isOf(delta)) {
      text?.end(emit);
      text = new OpenText(open({ kind, choice }), delta);
      choices.set(choice, text);
    }
    text.take(delta, emit);
  };
}

/** Between two deltas of a text. */
function isOfTextItself({ type }: CanonicalEvent): boolean {
  return type === 'response.output_text.annotation.added' || type === 'response.in_progress';
}

class OpenText {
  readonly #held: HeldText;
  #last: DeltaEvent;

  constructor(held: HeldText, first: DeltaEvent) {
    this.#held = held;
    this.#last = first;
  }

  isOf(event: DeltaEvent): boolean {
    const last = this.#last;
    return event.type === last.type && event.output_index === last.output_index && partOf(event) === partOf(last);
  }

  take(event: DeltaEvent, emit: Emit): void {
    this.#last = event;
    const text = this.#held.take(event.delta);
    if (text === event.delta) emit(event);
    else this.#emit(text, emit);
  }

  end(emit: Emit): void {
    this.#emit(this.#held.end(), emit);
  }

  #emit(text: string, emit: Emit): void {
    if (text === '') return;
    const event = { ...this.#last, delta: text };
    // They belong to the tokens of the text that was.
    if ('logprobs' in event) event.logprobs = [];
    emit(event);
  }
}

function partOf(event: DeltaEvent): number {
  if ('content_index' in event) return event.content_index;
  return 'summary_index' in event ? event.summary_index : 0;
}
