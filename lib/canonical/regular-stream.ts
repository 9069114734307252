/** The regulariser behind a decoder: canonical events in, regular canonical events out. */
import { Regulariser, type RegulariserOptions } from './regulariser.ts';
import type { DeltaEvent, RegularSink } from './run-writer.ts';
import type { TextRun } from './text-run.ts';
import type { CanonicalEvent, CanonicalOutputItem, CanonicalResponse } from './types.ts';

/** Renumbers the events. A delta's own event is passed on with its indexes corrected, without a copy. */
class EventSink implements RegularSink {
  readonly #emit: (event: CanonicalEvent) => void;
  #sequenceNumber = 0;

  constructor(emit: (event: CanonicalEvent) => void) {
    this.#emit = emit;
  }

  pass(event: CanonicalEvent): void {
    event.sequence_number = this.#sequenceNumber++;
    this.#emit(event);
  }

  delta(run: TextRun, text: string, logprobs: readonly unknown[] | undefined, event?: DeltaEvent): void {
    if (event) {
      const { place } = run;
      event.item_id = place.item_id;
      event.output_index = place.output_index;
      if (place.content_index !== undefined && 'content_index' in event) event.content_index = place.content_index;
      if (place.summary_index !== undefined && 'summary_index' in event) event.summary_index = place.summary_index;
      this.pass(event);
      return;
    }
    const type = `${run.facts.event}.delta`;
    this.event(type, { ...run.place, delta: text, ...(run.kind === 'output_text' && { logprobs: logprobs ?? [] }) });
  }

  event(type: string, fields: object): void {
    this.pass({ type, ...fields } as unknown as CanonicalEvent);
  }

  end(status: 'completed' | 'incomplete', response: CanonicalResponse, output: readonly object[]): void {
    this.event(`response.${status}`, { response: { ...response, output } });
  }
}

/** Takes the events of one answer, which it may change, and emits them as a regular stream: see {@link Regulariser}. */
export class RegularStream {
  readonly #sink: EventSink;
  readonly #regulariser: Regulariser;

  constructor(
    options: Omit<RegulariserOptions, 'source'> & Partial<Pick<RegulariserOptions, 'source'>>,
    emit: (event: CanonicalEvent) => void,
  ) {
    this.#sink = new EventSink(emit);
    this.#regulariser = new Regulariser(this.#sink, { source: 'upstream', ...options });
  }

  /** The items so far if all of them are done; else undefined. */
  get settledOutput(): CanonicalOutputItem[] | undefined {
    return this.#regulariser.isBetweenItems ? (this.#regulariser.output as CanonicalOutputItem[]) : undefined;
  }

  take(event: CanonicalEvent): void {
    switch (event.type) {
      case 'response.created':
      case 'response.queued':
      case 'response.in_progress':
      case 'response.failed':
      case 'error':
        this.#sink.pass(event);
        break;
      default:
        this.#regulariser.take(event);
    }
  }
}
