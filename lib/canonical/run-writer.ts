/**
 * Writes the runs of text of an answer that is being made regular: each in deltas, once, between the events that open and close
 * it.
 */
import { OpenCompatError } from '../errors.ts';
import type { Json } from '../lenient-json.ts';
import type { TextRun } from './text-run.ts';
import type { CanonicalEvent, CanonicalResponse } from './types.ts';

/** An event that adds to a run of text. */
export type DeltaEvent = Extract<
  CanonicalEvent,
  {
    type:
      | 'response.output_text.delta'
      | 'response.refusal.delta'
      | 'response.reasoning_text.delta'
      | 'response.reasoning_summary_text.delta'
      | 'response.function_call_arguments.delta'
      | 'response.custom_tool_call_input.delta';
  }
>;

/** Takes the regular events in order. */
export interface RegularSink {
  /**
   * The next piece of a run: a method of its own because it is called tens of thousands of times.
   * @param event the delta event that the text comes from; absent: another event held it
   */
  delta(run: TextRun, text: string, logprobs: readonly unknown[] | undefined, event?: DeltaEvent): void;
  event(type: string, fields: object): void;
  /** The terminal event. @param output the items written so far */
  end(status: 'completed' | 'incomplete', response: CanonicalResponse, output: readonly object[]): void;
}

export interface RunWriterOptions {
  /**
   * Where the events come from. From an upstream, a text counts wherever it first comes: in deltas, in a `done` event, in the
   * finished part or item, in the terminal event. From transforms, which see regular events, only deltas count, so that what a
   * transform has dropped stays dropped.
   */
  source: 'upstream' | 'transforms';
  /** Most characters of an answer that are held for the events that repeat its texts. Default: no limit. */
  maxCharacters?: number;
}

/** Most items, and parts of items, of an answer. */
const maxOpened = 8192;
/** What a log probability with its alternatives counts for, in characters. */
const logprobCharacters = 256;

export class RunWriter {
  readonly #sink: RegularSink;
  readonly #isFromUpstream: boolean;
  readonly #maxCharacters: number;
  #heldCharacters = 0;
  #opened = 0;

  constructor(sink: RegularSink, { source, maxCharacters = Number.POSITIVE_INFINITY }: RunWriterOptions) {
    this.#sink = sink;
    this.#isFromUpstream = source === 'upstream';
    this.#maxCharacters = maxCharacters;
  }

  /** @throws OpenCompatError OC_UPSTREAM_ERROR when the answer is longer than may be held */
  hold(characters: number): void {
    this.#heldCharacters += characters;
    if (this.#heldCharacters > this.#maxCharacters) {
      const reason = `The answer is too long: more than ${this.#maxCharacters} characters (\`maxStreamBytes\`).`;
      throw new OpenCompatError('OC_UPSTREAM_ERROR', { reason });
    }
  }

  /** @throws OpenCompatError OC_UPSTREAM_ERROR for an answer of more items and parts than `maxOpened` */
  countOpened(): void {
    this.#opened += 1;
    if (this.#opened <= maxOpened) return;
    const reason = `The answer has too many parts: more than ${maxOpened}.`;
    throw new OpenCompatError('OC_UPSTREAM_ERROR', { reason });
  }

  /** @param event the delta event that the text comes from, if any */
  send(run: TextRun, text: string, logprobs?: readonly unknown[], event?: DeltaEvent): void {
    this.hold(text.length);
    run.add(text);
    if (logprobs?.length) this.#addLogprobs(run, logprobs);
    this.#sink.delta(run, text, logprobs, event);
  }

  open(run: TextRun): void {
    if (run.facts.part) this.#sink.event(`${run.facts.part}.added`, { ...run.place, part: run.emptyPart });
  }

  /** The upstream's `done` event of a text, with the whole text. */
  offerText(run: TextRun, text: unknown, logprobs?: readonly unknown[]): void {
    if (run.isTextDone) return;
    this.#take(run, text, logprobs);
    if (!this.#mayStillCome(run)) this.#endText(run);
  }

  /** The upstream's `done` event of a part, with the whole part. */
  offerPart(run: TextRun, part: Json): void {
    if (run.isClosed) return;
    this.#take(run, part[run.facts.field], toList(part.logprobs));
    if (!this.#mayStillCome(run)) {
      this.close(run, part);
      return;
    }
    run.part = part;
    run.isOver = true;
  }

  /** @param part as the upstream gives it; absent where it sent none */
  close(run: TextRun, part: Json = {}): void {
    if (run.isClosed) return;
    const text = part[run.facts.field];
    const logprobs = toList(part.logprobs);
    this.#take(run, text, logprobs);
    if (this.#isFromUpstream) {
      for (const annotation of toList(part.annotations).slice(run.annotations.length)) this.annotate(run, annotation);
    }
    // Log probabilities spell out the upstream's text: they do not fit a changed one.
    if (run.logprobs.length === 0 && (this.#isFromUpstream || run.text === text)) this.#addLogprobs(run, logprobs);
    this.#endText(run);
    run.isClosed = true;
    run.part = { ...run.part, ...part };
    if (run.facts.part) this.#sink.event(`${run.facts.part}.done`, { ...run.place, part: run.finishedPart });
  }

  annotate(run: TextRun, annotation: unknown): void {
    if (run.isClosed) return;
    this.hold(JSON.stringify(annotation ?? null).length);
    const annotation_index = run.annotations.push(annotation) - 1;
    this.#sink.event('response.output_text.annotation.added', { ...run.place, annotation_index, annotation });
  }

  /** The deltas count; a text that the upstream never streamed is sent as one delta. */
  #take(run: TextRun, text: unknown, logprobs?: readonly unknown[]): void {
    if (!this.#isFromUpstream || run.isTextDone || run.text !== '' || typeof text !== 'string' || text === '') return;
    this.send(run, text, run.logprobs.length === 0 ? logprobs : undefined);
  }

  /** A `done` event may lack the text: the finished part or item may hold it. */
  #mayStillCome(run: TextRun): boolean {
    return this.#isFromUpstream && run.text === '' && run.logprobs.length === 0;
  }

  #endText(run: TextRun): void {
    if (run.isTextDone) return;
    run.isTextDone = true;
    const { event, field } = run.facts;
    const extra = run.kind === 'output_text' ? { logprobs: run.logprobs } : run.doneFields;
    this.#sink.event(`${event}.done`, { ...run.place, [field]: run.text, ...extra });
  }

  #addLogprobs(run: TextRun, logprobs: readonly unknown[]): void {
    this.hold(logprobs.length * logprobCharacters);
    for (const entry of logprobs) run.logprobs.push(entry);
  }
}

function toList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
