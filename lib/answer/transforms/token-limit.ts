import type { Emit, EventTransform } from '../../canonical/event-transform.ts';
import { countTokens, findTokenBoundary, takeTokens } from '../../canonical/tokens.ts';
import type { CanonicalEvent, CanonicalRequest } from '../../canonical/types.ts';
import { AnswerSoFar, type CountedDelta } from './answer-so-far.ts';

/**
 * Longest text without a token boundary, in characters. A longer one is counted as it stands, so that no text is counted again
 * and again.
 */
const maxTailCharacters = 4096;

/** One choice's text on its way to the client, counted only when the limit could be reached. */
class TokenCutter {
  readonly #maxTokens: number;
  readonly #soFar: AnswerSoFar;
  /** Complete texts that are still to be counted. */
  #finished: string[] = [];
  /** The growing text, from its last counted token boundary on. */
  #tail = '';
  #outputIndex = -1;
  #contentIndex = -1;
  #countedTokens = 0;
  /** Bytes of `#finished` and `#tail`. A token has at least one byte, so this is the most tokens that are still to be counted. */
  #uncountedBytes = 0;
  #hasEnded = false;

  constructor(maxTokens: number, request: CanonicalRequest) {
    this.#maxTokens = maxTokens;
    this.#soFar = new AnswerSoFar(request);
  }

  accept(event: CanonicalEvent, emit: Emit): void {
    if (this.#hasEnded) return;
    switch (event.type) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        this.#acceptDelta(event, emit);
        return;
      default:
        this.#pass(event, emit);
    }
  }

  #acceptDelta(event: CountedDelta, emit: Emit): void {
    if (this.#hasEnded) return;
    const contentIndex = 'content_index' in event ? event.content_index : 0;
    if (event.output_index !== this.#outputIndex || contentIndex !== this.#contentIndex) {
      if (this.#tail) this.#finished.push(this.#tail);
      this.#tail = '';
      this.#outputIndex = event.output_index;
      this.#contentIndex = contentIndex;
    }
    this.#uncountedBytes += Buffer.byteLength(event.delta);
    if (this.#countedTokens + this.#uncountedBytes <= this.#maxTokens) {
      this.#tail += event.delta;
      this.#pass(event, emit);
      return;
    }

    for (const text of this.#finished) this.#countedTokens += countTokens(text);
    this.#finished = [];
    const text = this.#tail + event.delta;
    const boundary = findTokenBoundary(text) || (text.length > maxTailCharacters ? text.length : 0);
    const counted = this.#countedTokens + countTokens(text.slice(0, boundary));
    const rest = text.slice(boundary);
    if (counted + countTokens(rest) > this.#maxTokens) {
      this.#cut(event, takeTokens(text, this.#maxTokens - this.#countedTokens).length - this.#tail.length, emit);
      return;
    }
    this.#countedTokens = counted;
    this.#tail = rest;
    this.#uncountedBytes = Buffer.byteLength(rest);
    this.#pass(event, emit);
  }

  /**
   * Ends the answer after so many characters of its last delta; negative if the delta changed the tokens of the text before it.
   */
  #cut(event: CountedDelta, characters: number, emit: Emit): void {
    this.#hasEnded = true;
    if (characters > 0) this.#pass({ ...event, delta: event.delta.slice(0, characters) }, emit);
    this.#soFar.finish('incomplete', emit);
  }

  #pass(event: CanonicalEvent, emit: Emit): void {
    this.#soFar.track(event);
    emit(event);
  }
}

/**
 * Ends a choice after so many tokens of text, refusal and tool arguments, as incomplete (`max_output_tokens`). Tokens of
 * reasoning are unknown here, and so not counted. Make one for each choice.
 * @param request for the usage of an answer that was cut short
 */
export function createTokenLimitTransform(maxTokens: number, request: CanonicalRequest): EventTransform {
  const cutter = new TokenCutter(maxTokens, request);
  return function tokenLimit(event, emit) {
    cutter.accept(event, emit);
  };
}
