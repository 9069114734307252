/** The two forms of an answer: events as server-sent events, or the one Response object that they end with. */
import type { TextRun } from '../../canonical/text-run.ts';
import { type AnswerContext, type AnswerEncoder, type StreamEncoder, sseKeepalive } from '../api.ts';
import { AnswerWriter, type EventSink } from './answer-writer.ts';
import { createResponseObject } from './response-object.ts';
import type { ResponsesRequest } from './schema.ts';

/** The events of a stream, each without its blank line. */
export function splitEvents(wire: string): string[] {
  return wire.split(/(?<=\n)\n/).filter((event) => event !== '');
}

/** A stream of such events, each with its `sequence_number` as its id. @param first that of the first one */
export function joinEvents(events: readonly string[], first: number): string {
  return events.map((event, index) => `${event}id: ${first + index}\n\n`).join('');
}

/** Writes events between the texts that are the same for a whole run. */
export class WireSink implements EventSink {
  #written = '';
  #sequenceNumber: number;
  #run: TextRun | undefined;
  /** What a delta event of the run says before its text, and behind it. */
  #head = '';
  #tail = '';

  /** @param firstNumber the `sequence_number` of the first event */
  constructor(firstNumber = 0) {
    this.#sequenceNumber = firstNumber;
  }

  delta(run: TextRun, text: string, logprobs: readonly unknown[] | undefined): void {
    if (run !== this.#run) this.#beginRun(run);
    const end = logprobs?.length ? `,"logprobs":${JSON.stringify(logprobs)},"sequence_number":` : this.#tail;
    this.#written += `${this.#head}${JSON.stringify(text)}${end}${this.#sequenceNumber++}}\n\n`;
  }

  #beginRun(run: TextRun): void {
    this.#run = run;
    const type = `${run.facts.event}.delta`;
    this.#head = `event: ${type}\ndata: ${JSON.stringify({ type, ...run.place }).slice(0, -1)},"delta":`;
    this.#tail = `${run.kind === 'output_text' ? ',"logprobs":[]' : ''},"sequence_number":`;
  }

  event(type: string, fields: object): void {
    const data = JSON.stringify({ type, ...fields, sequence_number: this.#sequenceNumber++ });
    this.#written += `event: ${type}\ndata: ${data}\n\n`;
  }

  /** What was written since the last call. */
  take(): string {
    const written = this.#written;
    this.#written = '';
    return written;
  }
}

const nowhere: EventSink = { delta() {}, event() {} };

export function createStreamEncoder(body: ResponsesRequest, context: AnswerContext): StreamEncoder {
  const sink = new WireSink();
  const writer = openWriter(sink, body, context);
  return {
    encode(event, choice) {
      // The API has one answer for a request; a plugin may have asked for more.
      if (choice === 0) writer.take(event);
      return sink.take();
    },
    // The terminal event says that the answer is complete; a `[DONE]` behind it is nothing that this API has.
    finish: () => '',
    fail(error, isJoined = false) {
      writer.fail(error, isJoined);
      return sink.take();
    },
    keepalive: sseKeepalive,
  };
}

export function createAnswerEncoder(body: ResponsesRequest, context: AnswerContext): AnswerEncoder {
  const writer = openWriter(nowhere, body, context);
  return {
    add(event, choice) {
      if (choice === 0) writer.take(event);
    },
    finish: () => writer.response,
  };
}

function openWriter(sink: EventSink, body: ResponsesRequest, context: AnswerContext): AnswerWriter {
  return new AnswerWriter(sink, {
    response: createResponseObject(body, context),
    id: context.id,
    keep: context.keep,
    nowMs: context.nowMs,
    source: 'transforms',
  });
}
