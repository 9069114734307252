import type { Emit, EventTransform } from '../../canonical/event-transform.ts';
import type { CanonicalEvent, CanonicalRequest, CanonicalUsage } from '../../canonical/types.ts';
import { AnswerSoFar } from './answer-so-far.ts';

type TextDelta = Extract<CanonicalEvent, { type: 'response.output_text.delta' }>;

/** Looks for one sequence in text that comes in pieces (Knuth, Morris, Pratt): each character is looked at once. */
class Matcher {
  readonly sequence: string;
  /** For each length of a partial match: the length of the next shorter one that it ends with. */
  readonly #fallbacks: Int32Array;
  #matched = 0;
  /** Characters seen. */
  #position = 0;
  /** Where the first full match starts. */
  foundAt: number | undefined;

  constructor(sequence: string) {
    this.sequence = sequence;
    this.#fallbacks = new Int32Array(sequence.length + 1);
    for (let length = 2, shorter = 0; length <= sequence.length; length += 1) {
      const code = sequence.charCodeAt(length - 1);
      while (shorter > 0 && sequence.charCodeAt(shorter) !== code) shorter = this.#fallbacks[shorter]!;
      if (sequence.charCodeAt(shorter) === code) shorter += 1;
      this.#fallbacks[length] = shorter;
    }
  }

  /** Where the partial match at the end of the text starts; without one, the text's end. */
  get partialAt(): number {
    return this.#position - this.#matched;
  }

  canSkip(text: string): boolean {
    return this.#matched === 0 && !text.includes(this.sequence[0]!);
  }

  /** Takes note of text without looking into it. */
  skip(characters: number): void {
    this.#position += characters;
    this.#matched = 0;
  }

  feed(text: string): void {
    if (this.foundAt !== undefined) return;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      while (this.#matched > 0 && this.sequence.charCodeAt(this.#matched) !== code) {
        this.#matched = this.#fallbacks[this.#matched]!;
      }
      if (this.sequence.charCodeAt(this.#matched) === code) this.#matched += 1;
      this.#position += 1;
      if (this.#matched === this.sequence.length) {
        this.foundAt = this.#position - this.#matched;
        return;
      }
    }
  }
}

/** Most events that wait for the decision whether the text before them ends in a stop sequence. */
const maxHeldEvents = 1024;

/** One choice's text on its way to the client. */
class StopCutter {
  readonly #matchers: readonly Matcher[];
  readonly #soFar: AnswerSoFar;
  /** The events since the oldest text that waits; the first is a text delta. */
  #held: CanonicalEvent[] = [];
  /** Characters of text that the client has. */
  #released = 0;
  #hasEnded = false;

  constructor(stop: readonly string[], request: CanonicalRequest) {
    this.#matchers = stop.filter((sequence) => sequence !== '').map((sequence) => new Matcher(sequence));
    this.#soFar = new AnswerSoFar(request);
  }

  accept(event: CanonicalEvent, emit: Emit): void {
    if (this.#hasEnded) return;
    switch (event.type) {
      case 'response.output_text.delta':
        this.#acceptText(event, emit);
        return;
      case 'response.completed':
      case 'response.incomplete':
        if (!this.#settle(emit, event.response.usage)) this.#pass(event, emit);
        this.#hasEnded = true;
        return;
      case 'response.output_item.added':
        // Any other event ends the text before it: a tool call must not wait for more text.
        if (event.item.type !== 'message' && this.#settle(emit)) return;
        break;
      default:
        if (this.#held.length >= maxHeldEvents && this.#settle(emit)) return;
    }
    if (this.#held.length > 0) this.#held.push(event);
    else this.#pass(event, emit);
  }

  #acceptText(event: TextDelta, emit: Emit): void {
    const text = event.delta;
    if (this.#held.length === 0 && this.#matchers.every((matcher) => matcher.canSkip(text))) {
      for (const matcher of this.#matchers) matcher.skip(text.length);
      this.#released += text.length;
      this.#pass(event, emit);
      return;
    }
    this.#held.push(event);
    let foundAt = Number.POSITIVE_INFINITY;
    let openAt = Number.POSITIVE_INFINITY;
    for (const matcher of this.#matchers) {
      matcher.feed(text);
      if (matcher.foundAt === undefined) openAt = Math.min(openAt, matcher.partialAt);
      else foundAt = Math.min(foundAt, matcher.foundAt);
    }
    // A longer sequence that began earlier may still match, and would then be the first.
    if (foundAt < Number.POSITIVE_INFINITY && foundAt <= openAt) this.#settle(emit);
    else this.#release(openAt, emit);
  }

  /** Decides on the held text, because no more text follows. @returns true if the answer ended in it */
  #settle(emit: Emit, usage?: CanonicalUsage): boolean {
    const found = this.#firstFound();
    this.#release(found?.foundAt ?? Number.POSITIVE_INFINITY, emit);
    for (const matcher of this.#matchers) matcher.skip(0);
    if (!found) return false;
    this.#hasEnded = true;
    this.#held = [];
    this.#soFar.finish('completed', emit, { usage, stop_sequence: found.sequence });
    return true;
  }

  /** The match that starts first. */
  #firstFound(): Matcher | undefined {
    let first: Matcher | undefined;
    for (const matcher of this.#matchers) {
      if (matcher.foundAt !== undefined && matcher.foundAt < (first?.foundAt ?? Number.POSITIVE_INFINITY))
        first = matcher;
    }
    return first;
  }

  /** Emits the held events up to a position in the text. */
  #release(end: number, emit: Emit): void {
    let count = 0;
    for (; count < this.#held.length; count += 1) {
      const next = this.#held[count]!;
      if (next.type === 'response.output_text.delta') {
        const fitting = end - this.#released;
        if (next.delta.length > fitting) {
          if (fitting > 0) {
            this.#pass({ ...next, delta: next.delta.slice(0, fitting), logprobs: [] }, emit);
            this.#held[count] = { ...next, delta: next.delta.slice(fitting), logprobs: [] };
            this.#released = end;
          }
          break;
        }
        this.#released += next.delta.length;
      }
      this.#pass(next, emit);
    }
    this.#held.splice(0, count);
  }

  #pass(event: CanonicalEvent, emit: Emit): void {
    this.#soFar.track(event);
    emit(event);
  }
}

/**
 * Ends a choice's text where one of the stop sequences begins, as if the model had stopped there; all of the choice's texts
 * count as one, as clients see them. Text that may begin a sequence waits for the text that follows; everything else passes at
 * once, without a copy. Make one for each choice.
 * @param request for the usage of an answer that was cut short
 */
export function createStopTransform(stop: readonly string[], request: CanonicalRequest): EventTransform {
  const cutter = new StopCutter(stop, request);
  return function stopSequences(event, emit) {
    cutter.accept(event, emit);
  };
}
