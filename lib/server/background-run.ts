/** One answer that is made in the background: its state, its events, and the inner request that makes it. */
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import {
  isRunning,
  readState,
  toCancelled,
  toFailed,
  toFailureEvents,
  toQueued,
} from '../apis/responses/background.ts';
import type { ResponsesRequest } from '../apis/responses/index.ts';
import type { ResponseObject } from '../apis/responses/response-object.ts';
import type { HttpExchange } from '../chain/exchange.ts';
import { OpenCompatError, type PublicError } from '../errors.ts';
import { createEventCutter } from '../kept/event-cutter.ts';
import { ResumableAnswer } from '../kept/resumable-answer.ts';
import { asObject, asText, parseObject } from '../lenient-json.ts';

export interface RunLimits {
  /** Of the events that are kept; of the whole answer besides, once it has ended. */
  maxBytes: number;
  maxEventBytes: number;
  /** How long the answer may take. */
  limitS: number;
  /** How long a reader may read nothing. */
  stallMs: number;
}

export interface BackgroundRunOptions {
  /** Who alone may see it (see `ownerOf`). */
  owner: string;
  limits: RunLimits;
  /** Where its clients send their requests. */
  path: string;
  /** Called once, before anything of the answer is stored: other servers may know of it. */
  onAccepted(events: ResumableAnswer, id: string): void;
  /** Called once: nothing of it runs any more. */
  onEnd(): void;
}

/** Most bytes of an error answer that are read. */
const maxErrorBytes = 65_536;

export class BackgroundRun {
  readonly owner: string;
  readonly #options: BackgroundRunOptions;
  readonly #events: ResumableAnswer;
  #request: ClientRequest | undefined;
  #exchange: HttpExchange | undefined;
  #id: string | undefined;
  #response: ResponseObject | undefined;
  #keep: HttpExchange['keepAnswer'];
  #sent = 0;
  #isAnswered = false;
  #hasEnded = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: BackgroundRunOptions) {
    const { owner, path, limits } = options;
    this.owner = owner;
    this.#options = options;
    this.#events = new ResumableAnswer({
      scope: { owner, path },
      contentType: 'text/event-stream',
      source: { pause() {}, resume() {}, abort: () => this.#request?.destroy() },
      maxBytes: limits.maxBytes,
      timeoutMs: 0,
      stallMs: limits.stallMs,
      isUnattended: true,
      onGone() {},
    });
  }

  /** Undefined until the request has been accepted. */
  get id(): string | undefined {
    return this.#id;
  }

  /** As a client is told now. Undefined where nobody is told yet, and when it has ended with more than is kept here. */
  get response(): ResponseObject | undefined {
    return this.#response;
  }

  get isRunning(): boolean {
    return !this.#hasEnded;
  }

  /** @param request makes the answer */
  begin(request: ClientRequest): void {
    this.#request = request;
    request.on('error', () => this.#breakOff());
    request.on('close', () => {
      if (!this.#isAnswered) this.#breakOff();
    });
  }

  /** The request is good: from here on the answer has an id, and goes on without its client. */
  accept(exchange: HttpExchange): ResponseObject {
    const { limitS } = this.#options.limits;
    this.#exchange = exchange;
    this.#keep = exchange.keepAnswer;
    this.#response = toQueued(exchange.body as ResponsesRequest, {
      id: exchange.answerId,
      createdS: Math.floor(Date.now() / 1000),
      model: exchange.model.requested,
      request: exchange.request,
      keep: exchange.keepAnswer,
    });
    this.#id = this.#response.id;
    this.#options.onAccepted(this.#events, this.#id);
    this.#store();
    const fail = () => this.#abort(new OpenCompatError('OC_BACKGROUND_TIMEOUT', { limitS }));
    this.#timer = setTimeout(fail, limitS * 1000).unref();
    return this.#response;
  }

  read(answer: IncomingMessage): void {
    this.#isAnswered = true;
    if (answer.statusCode !== 200) void this.#readError(answer);
    else this.#readEvents(answer);
  }

  /** Are the events behind this `sequence_number` kept? */
  has(startingAfter: number): 'yes' | 'gone' | 'never' {
    return this.#events.has(startingAfter + 1);
  }

  /** Sends the events behind the `sequence_number`, then those to come. The head is the caller's. */
  attach(res: ServerResponse, startingAfter: number): void {
    this.#events.attach(res, startingAfter + 1);
  }

  cancel(): void {
    if (this.#hasEnded) return;
    if (this.#response) this.#response = toCancelled(this.#response);
    this.#store();
    this.#end();
    this.#events.finish();
  }

  /** Stops it, and keeps nothing. */
  discard(): void {
    this.#keep = undefined;
    this.cancel();
  }

  /** Nobody can come back to its events any more. */
  forget(): void {
    this.#events.forget();
  }

  fail({ public: error }: OpenCompatError): void {
    this.#fail(error);
  }

  #readEvents(answer: IncomingMessage): void {
    const { cutting } = this.#events;
    const cutter = createEventCutter({
      ...cutting,
      maxEventBytes: this.#options.limits.maxEventBytes,
      onEvent: (event) => {
        // Bytes may still come when it has been cancelled.
        if (this.#hasEnded) return;
        this.#sent += 1;
        cutting.onEvent(event);
        this.#note(readState(event), event.length);
      },
    });
    answer.on('data', (bytes: Buffer) => {
      try {
        cutter.feed(bytes);
        this.#events.flush();
      } catch {
        answer.destroy();
      }
    });
    answer.on('end', () => {
      cutter.end();
      this.#breakOff();
    });
    answer.on('error', () => this.#breakOff());
    answer.on('close', () => this.#breakOff());
  }

  async #readError(answer: IncomingMessage): Promise<void> {
    let text = '';
    try {
      for await (const part of answer as AsyncIterable<Buffer>) if (text.length < maxErrorBytes) text += part;
    } catch {
      // The part that came may still be enough.
    }
    const error = asObject(parseObject(text)?.error);
    const message = asText(error?.message);
    if (message === undefined) this.#breakOff();
    else this.#fail({ ...new OpenCompatError('OC_INTERNAL').public, message, code: asText(error?.code) ?? null });
  }

  #note(state: ResponseObject | undefined, bytes: number): void {
    if (!state) return;
    this.#response = { ...state, created_at: this.#response?.created_at };
    if (isRunning(state)) return;
    // What is whole the encoder has stored.
    if (state.status === 'failed') this.#store();
    this.#end();
    if (bytes > this.#options.limits.maxBytes) this.#response = undefined;
  }

  /** It has ended without a word. */
  #breakOff(): void {
    this.#fail(new OpenCompatError('OC_INTERNAL').public);
    this.#events.finish();
  }

  #fail(error: PublicError): void {
    if (this.#hasEnded) return;
    if (this.#response) {
      const { cutting } = this.#events;
      for (const event of toFailureEvents(this.#response, error, this.#sent)) cutting.onEvent(Buffer.from(event));
      this.#response = toFailed(this.#response, error);
      this.#store();
    }
    this.#end();
    this.#events.finish();
  }

  #store(): void {
    if (this.#response) this.#keep?.(this.#response as never);
  }

  #abort(error: OpenCompatError): void {
    this.#exchange?.abort(error);
  }

  #end(): void {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    this.#exchange = undefined;
    this.#keep = undefined;
    if (!isWhole(this.#response)) this.#request?.destroy();
    this.#request = undefined;
    this.#options.onEnd();
  }
}

/** Its request ends by itself. */
function isWhole(response: ResponseObject | undefined): boolean {
  return response?.status === 'completed' || response?.status === 'incomplete' || response?.status === 'failed';
}
