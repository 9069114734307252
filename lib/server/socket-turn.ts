/** One request of a WebSocket connection, and its answer as frames. */
import type http from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { createSseReader } from '../answer/sse.ts';
import { OpenCompatError } from '../errors.ts';
import { asObject, parseObject } from '../lenient-json.ts';

/** Most bytes of an error answer that are read. */
const maxErrorBytes = 65_536;
/** This server's own events need no limits. */
const ownEvents = { maxEventBytes: Number.POSITIVE_INFINITY, maxEventLines: Number.POSITIVE_INFINITY };
/** Headers of an error answer that its client is given. */
const toldHeaders = ['retry-after', 'x-should-retry', 'x-request-id'] as const;

/** Where a turn's frames go. */
export interface FrameOutlet {
  /** Does the client read too slowly? */
  readonly isBehind: boolean;
  /** @param onSent called when the frame has left */
  send(frame: string, onSent?: () => void): void;
  /** Sends the frames that `task` gives in one write. */
  together(task: () => void): void;
}

/** The frame of an error outside of an answer. @param lane the `stream_id` of its request */
export function toErrorFrame(
  status: number,
  error: object,
  lane: string | undefined,
  from: IncomingHttpHeaders = {},
): string {
  const headers = Object.fromEntries(toldHeaders.flatMap((name) => (from[name] ? [[name, from[name]]] : [])));
  return JSON.stringify({ type: 'error', status, error, headers, stream_id: lane });
}

/** The same for an error of this server. */
export function toFailureFrame(failure: OpenCompatError, lane: string | undefined): string {
  const { message, type, param, code, extra } = failure.public;
  return toErrorFrame(failure.status, { message, type, param, code, ...extra }, lane);
}

export interface TurnOptions {
  request: http.ClientRequest;
  outlet: FrameOutlet;
  /** The `stream_id`, which every event repeats. */
  lane: string | undefined;
  /** The answer has ended, however it did. */
  onEnd(): void;
}

export class SocketTurn {
  readonly #request: http.ClientRequest;
  readonly #outlet: FrameOutlet;
  readonly #lane: string | undefined;
  readonly #onEnd: () => void;
  #hasEnded = false;

  constructor({ request, outlet, lane, onEnd }: TurnOptions) {
    this.#request = request;
    this.#outlet = outlet;
    this.#lane = lane;
    this.#onEnd = onEnd;
    request.on('response', (answer) => {
      if (answer.statusCode === 200) this.#passOn(answer);
      else void this.#passError(answer);
    });
    request.on('error', () => this.#breakOff());
  }

  cut(): void {
    this.#request.destroy();
  }

  /** Sends events as frames, as fast as the client reads them; those that came together leave in one write. */
  #passOn(answer: IncomingMessage): void {
    const outlet = this.#outlet;
    const lane = this.#lane;
    const onSent = () => {
      if (answer.isPaused() && !outlet.isBehind) answer.resume();
    };
    const start = lane === undefined ? undefined : `{"stream_id":${JSON.stringify(lane)},`;
    const reader = createSseReader(
      start === undefined
        ? (data) => outlet.send(data, onSent)
        : (data) => outlet.send(start + data.slice('{'.length), onSent),
      ownEvents,
    );
    answer.on('data', (bytes: Buffer) => {
      outlet.together(() => reader.feed(bytes));
      if (outlet.isBehind) answer.pause();
    });
    answer.on('end', () => this.#end());
    answer.on('error', () => this.#breakOff());
  }

  async #passError(answer: IncomingMessage): Promise<void> {
    let text = '';
    try {
      for await (const part of answer as AsyncIterable<Buffer>) if (text.length < maxErrorBytes) text += part;
    } catch {
      // The part that came may still be enough.
    }
    const error = asObject(parseObject(text)?.error);
    if (!error) this.#breakOff();
    else {
      this.#outlet.send(toErrorFrame(answer.statusCode ?? 500, error, this.#lane, answer.headers));
      this.#end();
    }
  }

  #breakOff(): void {
    if (this.#hasEnded) return;
    this.#outlet.send(toFailureFrame(new OpenCompatError('OC_INTERNAL'), this.#lane));
    this.#end();
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#onEnd();
  }
}
