/** Where an answer leaves the server: as a stream, written once per upstream read, or gathered into one body. */
import type { AnswerEncoder, StreamEncoder } from '../apis/api.ts';
import type { CanonicalEvent } from '../canonical/types.ts';
import type { PublicError } from '../errors.ts';
import type { ClientAnswer } from './client-answer.ts';
import type { AnswerSink } from './read-events.ts';
import { tooLarge } from './read-whole.ts';

/** Ends the answer; called when every choice is complete. */
export interface ClosableSink extends AnswerSink {
  finish(): void;
  /** Stops after a failure: sends nothing more. */
  stop(): void;
}

const preliminaryEvents: ReadonlySet<string> = new Set(['response.created', 'response.queued', 'response.in_progress']);

/**
 * Events are held back until there is something to show, so that an upstream that fails right after `response.created` still
 * gets the client another model's answer, or a real HTTP status.
 */
export class StreamSink implements ClosableSink {
  readonly #client: ClientAnswer;
  readonly #encoder: StreamEncoder;
  #pending = '';
  /** An event has shown the model at work. */
  #hasBegun = false;

  constructor(client: ClientAnswer, encoder: StreamEncoder) {
    this.#client = client;
    this.#encoder = encoder;
    client.attach(() => this.#keepAlive());
  }

  accept(event: CanonicalEvent, choice: number): void {
    if (!this.#hasBegun) this.#hasBegun = !preliminaryEvents.has(event.type);
    this.#pending += this.#encoder.encode(event, choice);
  }

  flush(): boolean {
    if (this.#pending === '' || !this.#hasBegun) return true;
    return this.#client.write(this.#take());
  }

  #keepAlive(): void {
    const { keepalive } = this.#encoder;
    if (this.#hasBegun) this.#client.keepAlive(this.#take() + keepalive);
    else this.#client.keepAlive(keepalive);
  }

  #take(): string {
    const text = this.#pending;
    this.#pending = '';
    return text;
  }

  drained(): Promise<void> {
    return this.#client.drained();
  }

  stop(): void {
    this.#client.detach();
  }

  finish(): void {
    this.#client.end(this.#take() + this.#encoder.finish());
  }

  /** The text that ends the stream with an error. */
  fail(error: PublicError): string {
    return this.#take() + this.#encoder.fail(error);
  }
}

/** Gathers the same events into one JSON body. */
export class BodySink implements ClosableSink {
  readonly #client: ClientAnswer;
  readonly #encoder: AnswerEncoder;
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(client: ClientAnswer, encoder: AnswerEncoder, maxBytes: number) {
    this.#client = client;
    this.#encoder = encoder;
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
    this.#client.endWhole(Buffer.from(JSON.stringify(this.#encoder.finish())));
  }
}
