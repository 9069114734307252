/** One request of a WebSocket connection, and its answer as frames. */
import type http from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { createSseReader } from '../answer/sse.ts';
import type { Steer, SteerEvent } from '../apis/responses/steering.ts';
import { OpenCompatError } from '../errors.ts';
import { asObject, asText, type Json, parseObject } from '../lenient-json.ts';
import type { LaneMessage } from './socket-message.ts';

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
  message: LaneMessage;
  /** Ends the answer between two of its items. */
  earlyEnd: AbortController;
  /** The answer has ended, however it did. */
  onEnd(): void;
}

export class SocketTurn {
  readonly #request: http.ClientRequest;
  readonly #outlet: FrameOutlet;
  readonly #onEnd: () => void;
  readonly #earlyEnd: AbortController;
  readonly #steers: Steer[] = [];
  #hasEnded = false;
  /** The last event of the answer. */
  #last = '';
  /** How many events of its own the connection has put between those of the answer. */
  #told = 0;
  readonly lane: string | undefined;
  readonly settings: string;
  readonly carried: LaneMessage['carried'];
  /** Of the answer; undefined before its first event. */
  responseId: string | undefined;
  /** Why an answer that was to go on by itself has not begun. */
  refusal: string | undefined;

  constructor({ request, outlet, lane, message, earlyEnd, onEnd }: TurnOptions) {
    this.#request = request;
    this.#outlet = outlet;
    this.#onEnd = onEnd;
    this.#earlyEnd = earlyEnd;
    this.lane = lane;
    this.settings = message.settings;
    this.carried = message.carried;
    request.on('response', (answer) => {
      if (answer.statusCode === 200) this.#passOn(answer);
      else void this.#passError(answer);
    });
    request.on('error', () => this.#breakOff());
  }

  /** Input that was accepted while the answer was made. */
  get steers(): readonly Steer[] {
    return this.#steers;
  }

  cut(): void {
    this.#request.destroy();
  }

  /** Takes input for what follows the answer, which ends at its next boundary between items. */
  steer(steer: Steer): void {
    this.#steers.push(steer);
    this.#earlyEnd.abort();
  }

  /** Forgets the input. @returns it */
  takeSteers(): Steer[] {
    return this.#steers.splice(0);
  }

  /** Sends an event of the connection's own, numbered like those of the answer. */
  tell(event: SteerEvent): void {
    const number = Number(this.readLast().sequence_number ?? -1) + 1 + this.#told;
    this.#told += 1;
    this.#outlet.send(JSON.stringify(this.#address({ ...event, sequence_number: number })));
  }

  /** The last event of the answer; after its end, the one with the whole of it. */
  readLast(): Json {
    return parseObject(this.#last) ?? {};
  }

  #address(event: Json): Json {
    return this.lane === undefined ? event : { stream_id: this.lane, ...event };
  }

  /** Sends events as frames, as fast as the client reads them; those that came together leave in one write. */
  #passOn(answer: IncomingMessage): void {
    const outlet = this.#outlet;
    const onSent = () => {
      if (answer.isPaused() && !outlet.isBehind) answer.resume();
    };
    const start = this.lane === undefined ? undefined : `{"stream_id":${JSON.stringify(this.lane)},`;
    const reader = createSseReader((data) => {
      this.#last = data;
      if (this.responseId === undefined) this.#noteBegin(data);
      if (this.#told > 0) outlet.send(this.#renumber(data), onSent);
      else outlet.send(start === undefined ? data : start + data.slice('{'.length), onSent);
    }, ownEvents);
    answer.on('data', (bytes: Buffer) => {
      outlet.together(() => reader.feed(bytes));
      if (outlet.isBehind) answer.pause();
    });
    answer.on('end', () => this.#end());
    answer.on('error', () => this.#breakOff());
  }

  #noteBegin(data: string): void {
    this.responseId = asText(asObject(parseObject(data)?.response)?.id);
  }

  /** Makes room for the events that stand between. */
  #renumber(data: string): string {
    const event = parseObject(data) ?? {};
    return JSON.stringify(this.#address({ ...event, sequence_number: Number(event.sequence_number) + this.#told }));
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
    else this.#fail(error, () => toErrorFrame(answer.statusCode ?? 500, error, this.lane, answer.headers));
  }

  #breakOff(): void {
    const failure = new OpenCompatError('OC_INTERNAL');
    this.#fail(failure.public, () => toFailureFrame(failure, this.lane));
  }

  /** What the client has not asked for itself is refused to it in the terms of what it asked for. */
  #fail(error: { readonly message?: unknown }, toFrame: () => string): void {
    if (this.#hasEnded) return;
    if (this.carried?.isAutomatic && this.responseId === undefined) this.refusal = asText(error.message);
    else this.#outlet.send(toFrame());
    this.#end();
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#onEnd();
  }
}
