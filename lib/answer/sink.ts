/** Where an answer leaves the server: as a stream, written once per upstream read, or gathered into one body. */
import type { Response } from 'express';
import type { AnswerEncoder, StreamEncoder } from '../apis/api.ts';
import type { CanonicalEvent } from '../canonical/types.ts';
import { ClientStream, type ClientStreamOptions, sendJson } from './client-stream.ts';
import type { AnswerSink } from './read-events.ts';
import { tooLarge } from './read-whole.ts';

/** Ends the answer; called when every choice is complete. */
export interface ClosableSink extends AnswerSink {
  finish(): void;
  /** Stops after a failure: sends nothing more. */
  stop(): void;
}

export interface StreamSinkOptions extends Omit<ClientStreamOptions, 'onSilence'> {
  encoder: StreamEncoder;
}

const preliminaryEvents: ReadonlySet<string> = new Set(['response.created', 'response.queued', 'response.in_progress']);

/**
 * The head is held back until there is something to show, so that an upstream that fails right after `response.created` still
 * gets the client a real HTTP status, or until the model has been silent for a keepalive interval.
 */
export class StreamSink implements ClosableSink {
  readonly #stream: ClientStream;
  readonly #encoder: StreamEncoder;
  #pending = '';
  /** An event has shown the model at work; before that, a failure can still get a real HTTP status. */
  #hasBegun = false;

  constructor(res: Response, { encoder, keepaliveMs, ...options }: StreamSinkOptions) {
    this.#encoder = encoder;
    this.#stream = new ClientStream(res, {
      ...options,
      keepaliveMs: encoder.keepalive ? keepaliveMs : 0,
      onSilence: () => this.#write(this.#encoder.keepalive),
    });
  }

  accept(event: CanonicalEvent, choice: number): void {
    if (!this.#hasBegun) this.#hasBegun = !preliminaryEvents.has(event.type);
    this.#pending += this.#encoder.encode(event, choice);
  }

  flush(): boolean {
    if (this.#pending === '' || !(this.#hasBegun || this.#stream.isOpen)) return true;
    return this.#write('');
  }

  #write(more: string): boolean {
    const text = this.#pending + more;
    this.#pending = '';
    return this.#stream.write(text);
  }

  drained(): Promise<void> {
    return this.#stream.drained();
  }

  stop(): void {
    this.#stream.stop();
  }

  finish(): void {
    const text = this.#pending + this.#encoder.finish();
    this.#pending = '';
    this.#stream.end(text);
  }
}

/** Gathers the same events into one JSON body. */
export class BodySink implements ClosableSink {
  readonly #res: Response;
  readonly #encoder: AnswerEncoder;
  readonly #onHead: () => void;
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(res: Response, encoder: AnswerEncoder, onHead: () => void, maxBytes: number) {
    this.#res = res;
    this.#encoder = encoder;
    this.#onHead = onHead;
    this.#maxBytes = maxBytes;
  }

  accept(event: CanonicalEvent, choice: number): void {
    if ('delta' in event && typeof event.delta === 'string') this.#bytes += event.delta.length;
    if (this.#bytes > this.#maxBytes) throw tooLarge();
    this.#encoder.add(event, choice);
  }

  flush(): boolean {
    return true;
  }

  async drained(): Promise<void> {}

  stop(): void {}

  finish(): void {
    sendJson(this.#res, Buffer.from(JSON.stringify(this.#encoder.finish())), this.#onHead);
  }
}
