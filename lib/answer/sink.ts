/** Where an answer leaves the server: as a stream, written once per upstream read, or gathered into one body. */
import type { Socket } from 'node:net';
import type { Response } from 'express';
import type { AnswerEncoder, StreamEncoder } from '../apis/api.ts';
import type { CanonicalEvent } from '../canonical/types.ts';
import { OpenCompatError } from '../errors.ts';
import type { AnswerSink } from './read-events.ts';
import { createSilenceTimer, type SilenceTimer } from './silence-timer.ts';

/** Response headers that depend on the moment the answer begins. */
export type HeadWriter = () => void;

/** Ends the answer once every choice is complete. */
export interface ClosableSink extends AnswerSink {
  finish(): void;
  /** The answer has failed: nothing more is sent from here. */
  stop(): void;
}

export interface StreamSinkOptions {
  encoder: StreamEncoder;
  contentType: string;
  /** Called once, right before the response head is written. */
  onHead: HeadWriter;
  /** Silence after which a comment is sent; 0 = never. */
  keepaliveMs: number;
}

/**
 * One chunk of the chunked coding (RFC 9112, 7.1) in one string. `ServerResponse.write` hands the socket four pieces,
 * corked for a `writev`: that was 9 of the 60 µs that an event costs which comes alone (measured 2026-11).
 */
function writeChunk(socket: Socket, text: string): boolean {
  return socket.write(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
}

const preliminaryEvents: ReadonlySet<string> = new Set(['response.created', 'response.queued', 'response.in_progress']);

/**
 * The head is held back until there is something to show (an upstream that fails right after `response.created` is then
 * still answered with a real HTTP status) or until the model has been silent for a keepalive interval.
 */
export class StreamSink implements ClosableSink {
  readonly #res: Response;
  readonly #options: StreamSinkOptions;
  readonly #encoder: StreamEncoder;
  #pending = '';
  /** Something came that shows the model at work; until then a failure can still get a real HTTP status. */
  #hasBegun = false;
  #isOpen = false;
  #silence: SilenceTimer | undefined;

  constructor(res: Response, options: StreamSinkOptions) {
    this.#res = res;
    this.#options = options;
    this.#encoder = options.encoder;
    if (options.keepaliveMs > 0 && options.encoder.keepalive) {
      this.#silence = createSilenceTimer(options.keepaliveMs, () => this.#keepAlive());
      res.once('close', () => this.#silence?.stop());
    }
  }

  accept(event: CanonicalEvent, choice: number): void {
    if (!this.#hasBegun) this.#hasBegun = !preliminaryEvents.has(event.type);
    this.#pending += this.#encoder.encode(event, choice);
  }

  flush(): boolean {
    if (this.#pending === '' || !(this.#hasBegun || this.#isOpen)) return true;
    return this.#write();
  }

  #write(): boolean {
    const text = this.#pending;
    this.#pending = '';
    this.#silence?.touch();
    const { socket, chunkedEncoding } = this.#res;
    if (this.#isOpen && chunkedEncoding && socket) return writeChunk(socket, text);
    if (!this.#isOpen) this.#open();
    return this.#res.write(text);
  }

  #open(): void {
    this.#isOpen = true;
    this.#options.onHead();
    this.#res.writeHead(200, {
      'content-type': this.#options.contentType,
      'cache-control': 'no-cache, no-transform',
      // nginx buffers streams of its upstreams unless told not to.
      'x-accel-buffering': 'no',
    });
  }

  #keepAlive(): void {
    if (this.#res.socket?.writableNeedDrain) return;
    this.#pending += this.#encoder.keepalive;
    this.#write();
  }

  drained(): Promise<void> {
    return new Promise((resolve) => {
      (this.#res.socket ?? this.#res).once('drain', resolve);
    });
  }

  stop(): void {
    this.#silence?.stop();
  }

  finish(): void {
    this.#silence?.stop();
    this.#pending += this.#encoder.finish();
    if (!this.#isOpen) this.#open();
    this.#res.end(this.#pending);
    this.#pending = '';
  }
}

/** Gathers the same events into one JSON body. */
export class BodySink implements ClosableSink {
  readonly #res: Response;
  readonly #encoder: AnswerEncoder;
  readonly #onHead: HeadWriter;
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(res: Response, encoder: AnswerEncoder, onHead: HeadWriter, maxBytes: number) {
    this.#res = res;
    this.#encoder = encoder;
    this.#onHead = onHead;
    this.#maxBytes = maxBytes;
  }

  accept(event: CanonicalEvent, choice: number): void {
    if ('delta' in event && typeof event.delta === 'string') this.#bytes += event.delta.length;
    if (this.#bytes > this.#maxBytes) {
      throw new OpenCompatError('OC_UPSTREAM_ERROR', {
        reason: 'The answer is larger than `maxAnswerBytes`; stream it instead.',
      });
    }
    this.#encoder.add(event, choice);
  }

  flush(): boolean {
    return true;
  }

  async drained(): Promise<void> {}

  stop(): void {}

  finish(): void {
    const body = Buffer.from(JSON.stringify(this.#encoder.finish()));
    this.#onHead();
    this.#res.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    this.#res.end(body);
  }
}
