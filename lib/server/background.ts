/**
 * Answers that are made in the background: a client's request is read, counted and handed over to an inner one, which goes on
 * whatever becomes of the client.
 */
import type { IncomingMessage, Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Request, Response } from 'express';
import { streamHeaders } from '../answer/client-answer.ts';
import { isRunning, toFailed, toFailureEvents } from '../apis/responses/background.ts';
import { joinEvents } from '../apis/responses/encoders.ts';
import type { ResponseObject } from '../apis/responses/response-object.ts';
import { tellFacts } from '../chain/answer-facts.ts';
import type { HttpExchange } from '../chain/exchange.ts';
import type { Config } from '../config/schema.ts';
import { OpenCompatError } from '../errors.ts';
import { ownerOf } from '../kept/response-store.ts';
import type { AnswerScope } from '../kept/resumable-answer.ts';
import { sessionOf } from '../kept/socket-sessions.ts';
import { asObject } from '../lenient-json.ts';
import { isA } from '../thrown.ts';
import { BackgroundRun } from './background-run.ts';
import { answerHeaders, innerHeaders, openInnerRequest } from './inner-request.ts';
import type { SharedStreams } from './shared-streams.ts';

export interface BackgroundAnswersOptions {
  /** The one in use now. */
  config(): Pick<
    Config,
    | 'backgroundMaxAnswers'
    | 'backgroundTimeout'
    | 'maxEventBytes'
    | 'responsesStore'
    | 'resumeMaxBytes'
    | 'resumeTimeout'
    | 'upstreamIdleTimeout'
  >;
  /** Where servers share a Redis. */
  shared: Promise<SharedStreams> | undefined;
  /** Takes the requests: a server with the application on it. */
  server(): Server;
}

/** Where the inner requests go. */
export const backgroundPath = '/v1/responses';
/** For so long a server that makes an answer is waited for to stop it, in milliseconds, and between two looks. */
const cancelMs = 10_000;
const cancelLookMs = 100;
/** Of the body, which has been read, and of the client's connection. */
const outerHeaders = /^(content-.*|accept-encoding|x-request-id|x-opencompat-resume|last-event-id)$/;

export class BackgroundAnswers {
  readonly #options: BackgroundAnswersOptions;
  /** The oldest first; those that have ended stay for a while. */
  readonly #runs = new Set<BackgroundRun>();
  #isDraining = false;
  #onSettled: (() => void) | undefined;

  constructor(options: BackgroundAnswersOptions) {
    this.#options = options;
  }

  /**
   * Answers a request whose body has been read, at once or with a stream that its client may leave.
   * @throws OpenCompatError for what cannot be made in the background
   */
  start(req: Request, res: Response): void {
    const exchange = req.exchange as HttpExchange;
    const owner = ownerOf(exchange.clientId, req.ip);
    this.#check(req, owner);
    const run = this.#open(owner);
    const request = openInnerRequest({
      server: this.#options.server(),
      connection: req.socket,
      path: backgroundPath,
      headers: { ...innerHeaders(req.headers, outerHeaders), 'x-request-id': exchange.id },
      origin: { predecessor: { exchange, onAccepted: (inner) => accept(inner) } },
    });
    exchange.isHandedOver = true;
    // Until it is accepted, its client could not find it.
    const letGo = () => run.discard();
    res.once('close', letGo);
    const isStream = asObject(exchange.parsedBody)?.stream === true;
    function accept(inner: HttpExchange): void {
      res.off('close', letGo);
      const response = run.accept(inner);
      tellFacts(inner, res, true);
      if (!isStream) {
        res.json(response);
        return;
      }
      res.writeHead(200, streamHeaders('text/event-stream'));
      run.attach(res, -1);
    }
    request.on('response', (answer) => {
      if (run.id !== undefined) return run.read(answer);
      res.off('close', letGo);
      passOn(answer, res);
      answer.on('close', letGo);
    });
    request.on('error', () => {
      if (!res.headersSent) res.destroy();
    });
    run.begin(request);
    request.end();
  }

  /** Running, or ended a short while ago. Undefined for all others, and for another owner. */
  find(owner: string, id: string): BackgroundRun | undefined {
    for (const run of this.#runs) if (run.id === id && run.owner === owner) return run;
    return undefined;
  }

  /**
   * A stored answer as it stands: one whose server has died has failed.
   * @param read gives it as it is stored now
   * @throws OpenCompatError OC_STORE_AWAY while Redis is away, and what `read` throws
   */
  async settle(owner: string, read: () => Promise<ResponseObject>): Promise<ResponseObject> {
    const first = await read();
    if (!isRunning(first)) return first;
    const shared = await this.#options.shared;
    if (await shared?.isRun(scopeOf(owner), first.id)) return first;
    // It may have ended meanwhile.
    const response = shared ? await read() : first;
    return isRunning(response) ? toFailed(response, lost()) : response;
  }

  /**
   * Streams the events that another server has of an answer, as they stand behind a `sequence_number`, and those to come.
   * @returns false where none has any, or not all of an answer that has ended and is wanted from the beginning
   * @throws OpenCompatError for events that have not come, or are not kept any more; OC_STORE_AWAY
   */
  async followElsewhere(
    req: Request,
    res: Response,
    response: ResponseObject,
    startingAfter: number,
  ): Promise<boolean> {
    const shared = response.background === true ? await this.#options.shared : undefined;
    const owner = ownerOf(req.exchange.clientId, req.ip);
    const found = await shared?.find(scopeOf(owner), response.id);
    if (!shared || !found) return false;
    const position = startingAfter + 1;
    if (position > (found.count ?? position)) throw noSuchEvent();
    const sent = shared.send({
      req,
      res,
      owner,
      answer: found.answer,
      position,
      writeHead: () => res.writeHead(200, streamHeaders(found.contentType)),
      toLoss: (events, loss) =>
        loss === 'dead' ? joinEvents(toFailureEvents(response, lost(), events), events) : undefined,
    });
    const isWhole = position === 0 && !isRunning(response);
    return sent.then(
      () => true,
      (error: unknown) => {
        if (isWhole && isA(error, OpenCompatError) && error.code === 'OC_RESUME_GONE') return false;
        throw error;
      },
    );
  }

  /**
   * Has the server that makes an answer stop it.
   * @param read as of `settle`
   * @returns the answer as it has ended
   * @throws OpenCompatError OC_BACKGROUND_ELSEWHERE where it does not stop in time
   */
  async cancelElsewhere(owner: string, id: string, read: () => Promise<ResponseObject>): Promise<ResponseObject> {
    const shared = await this.#options.shared;
    await shared?.cancel(scopeOf(owner), id);
    for (const endMs = performance.now() + cancelMs; performance.now() < endMs; await sleep(cancelLookMs)) {
      const response = await this.settle(owner, read);
      if (!isRunning(response)) return response;
    }
    throw new OpenCompatError('OC_BACKGROUND_ELSEWHERE');
  }

  /** Stops one and keeps nothing of it. */
  discard(owner: string, id: string): void {
    const run = this.find(owner, id);
    if (!run) return;
    run.discard();
    this.#forget(run);
  }

  /** Takes no more; those that run may go on. */
  drain(): void {
    this.#isDraining = true;
  }

  /** Resolves when none runs. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.#onSettled = resolve;
      this.#tellSettled();
    });
  }

  /** Fails those that still run. */
  close(): void {
    for (const run of this.#runs) run.fail(new OpenCompatError('OC_SHUTTING_DOWN'));
  }

  #check(req: Request, owner: string): void {
    const { backgroundMaxAnswers: limit, responsesStore } = this.#options.config();
    const refuse = (reason: string, param = 'background') => {
      throw new OpenCompatError('OC_UNSUPPORTED_PARAMETER', { reason }, { param });
    };
    if (sessionOf(req)) refuse('Over a WebSocket nothing is made in the background: send a POST.');
    if (responsesStore === 'off') refuse('Answers are not stored here, so that none can be made in the background.');
    if (limit === 0) refuse('Answers are not made in the background here: stream them, or wait.');
    if (asObject(req.exchange.body)?.store === false) {
      refuse('An answer that is made in the background has to be stored.', 'store');
    }
    if (this.#isDraining) throw new OpenCompatError('OC_SHUTTING_DOWN');
    const running = [...this.#runs].filter((run) => run.isRunning && run.owner === owner);
    if (running.length >= limit) throw new OpenCompatError('OC_BACKGROUND_LIMIT', { limit });
  }

  #open(owner: string): BackgroundRun {
    const { resumeMaxBytes, maxEventBytes, upstreamIdleTimeout, backgroundTimeout, resumeTimeout, ...rest } =
      this.#options.config();
    const owned = [...this.#runs].filter((run) => run.owner === owner);
    const ended = owned.filter((run) => !run.isRunning);
    if (owned.length >= rest.backgroundMaxAnswers && ended[0]) this.#forget(ended[0]);
    const run = new BackgroundRun({
      owner,
      path: backgroundPath,
      limits: {
        maxBytes: resumeMaxBytes,
        maxEventBytes: 2 * maxEventBytes,
        limitS: backgroundTimeout,
        stallMs: upstreamIdleTimeout * 1000,
      },
      onAccepted: (events, id) => {
        void this.#options.shared?.then((shared) => shared.mirror(events, id, () => run.cancel()));
      },
      onEnd: () => {
        this.#tellSettled();
        if (run.id !== undefined) setTimeout(() => this.#forget(run), resumeTimeout * 1000).unref();
        else this.#runs.delete(run);
      },
    });
    this.#runs.add(run);
    return run;
  }

  #forget(run: BackgroundRun): void {
    this.#runs.delete(run);
    run.forget();
  }

  #tellSettled(): void {
    if (![...this.#runs].some((run) => run.isRunning)) this.#onSettled?.();
  }
}

const scopeOf = (owner: string): AnswerScope => ({ owner, path: backgroundPath });
const lost = () => new OpenCompatError('OC_BACKGROUND_LOST').public;

/** Of a stream that is to begin behind an event that has not come. */
export function noSuchEvent(): OpenCompatError {
  const reason = "Invalid 'starting_after': no event has this number yet.";
  return new OpenCompatError('OC_INVALID_VALUE', { reason }, { param: 'starting_after' });
}

/** What was answered before anything was asked of an upstream: an error, as a rule. */
function passOn(answer: IncomingMessage, res: Response): void {
  res.writeHead(answer.statusCode ?? 500, answerHeaders(answer));
  answer.on('error', () => res.destroy());
  answer.pipe(res);
}
