/**
 * Canonical events → the events of a Responses answer as its strictest clients read them: `response.created` first, then the
 * events that the transforms have passed on, made regular once more.
 */
import { Regulariser, type RegulariserOptions } from '../../canonical/regulariser.ts';
import type { RegularSink } from '../../canonical/run-writer.ts';
import type { TextRun } from '../../canonical/text-run.ts';
import type { CanonicalEvent, CanonicalResponse } from '../../canonical/types.ts';
import type { PublicError } from '../../errors.ts';
import { type ResponseObject, toReported, toResponseError, toResponseUsage } from './response-object.ts';

/** Takes the events in order. */
export interface EventSink {
  /** The next piece of a run: a method of its own because it is called tens of thousands of times. */
  delta(run: TextRun, text: string, logprobs: readonly unknown[] | undefined): void;
  event(type: string, fields: object): void;
}

export interface AnswerWriterOptions extends RegulariserOptions {
  /** The empty answer at its beginning. */
  response: ResponseObject;
  /** Takes the finished answer. */
  keep?(response: CanonicalResponse): void;
  /** Unix milliseconds. Absent: the answer was completed before, and its terminal event tells when. */
  nowMs?(): number;
}

export class AnswerWriter implements RegularSink {
  readonly #sink: EventSink;
  readonly #keep: AnswerWriterOptions['keep'];
  readonly #nowMs: AnswerWriterOptions['nowMs'];
  readonly #regulariser: Regulariser;
  #response: ResponseObject;
  #hasBegun = false;
  #hasEnded = false;

  constructor(sink: EventSink, { response, keep, nowMs, ...options }: AnswerWriterOptions) {
    this.#sink = sink;
    this.#response = response;
    this.#keep = keep;
    this.#nowMs = nowMs;
    this.#regulariser = new Regulariser(this, options);
  }

  /** The answer so far; complete after the terminal event. */
  get response(): ResponseObject {
    return this.#response;
  }

  take(event: CanonicalEvent): void {
    if (this.#hasEnded) return;
    if (!this.#hasBegun) this.#begin();
    this.#regulariser.take(event);
  }

  /** Ends the answer with an error. @param isJoined has somebody else written what came before? */
  fail(error: PublicError, isJoined: boolean): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    if (isJoined) {
      const { code, message, param } = error;
      this.#sink.event('error', { code, message, param });
      return;
    }
    // Clients know a response by its `created`.
    if (!this.#hasBegun) this.#begin();
    const { output } = this.#regulariser;
    this.#response = { ...this.#response, status: 'failed', error: toResponseError(error), output };
    this.#sink.event('response.failed', { response: this.#response });
  }

  #begin(): void {
    this.#hasBegun = true;
    this.#sink.event('response.created', { response: this.#response });
    this.#sink.event('response.in_progress', { response: this.#response });
  }

  delta(run: TextRun, text: string, logprobs: readonly unknown[] | undefined): void {
    this.#sink.delta(run, text, logprobs);
  }

  event(type: string, fields: object): void {
    this.#sink.event(type, fields);
  }

  /** By the clock that said when the answer was created. */
  #completedAt({ completed_at }: CanonicalResponse): number | null {
    const nowMs = this.#nowMs?.();
    if (nowMs === undefined) return completed_at ?? null;
    return Math.max(Number(this.#response.created_at), Math.floor(nowMs / 1000));
  }

  end(status: 'completed' | 'incomplete', response: CanonicalResponse, output: readonly object[]): void {
    this.#hasEnded = true;
    this.#response = {
      ...this.#response,
      status,
      completed_at: status === 'completed' ? this.#completedAt(response) : null,
      incomplete_details: status === 'incomplete' ? (response.incomplete_details ?? null) : null,
      output,
      ...toReported(response),
      service_tier: response.service_tier ?? 'default',
      usage: toResponseUsage(response.usage),
    };
    this.#keep?.(this.#response as unknown as CanonicalResponse);
    this.#sink.event(`response.${status}`, { response: this.#response });
  }
}
