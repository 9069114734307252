/**
 * Streams that outlive their connection. The client's request is answered by an inner one, which takes the whole chain: once for
 * limits, charges, logs and the ledger. Its stream is kept for a while; whoever comes back with a token is sent the rest.
 */
import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http';
import type { Request, Response } from 'express';
import { streamHeaders } from '../answer/client-answer.ts';
import type { ClientApi } from '../apis/api.ts';
import { lossOf, lostAfter } from '../apis/lost-answer.ts';
import type { HttpExchange } from '../chain/exchange.ts';
import type { Config } from '../config/schema.ts';
import { OpenCompatError } from '../errors.ts';
import { createEventCutter } from '../kept/event-cutter.ts';
import { ownerOf } from '../kept/response-store.ts';
import { type AnswerScope, isResumable, type ResumableAnswer } from '../kept/resumable-answer.ts';
import { isToken, ResumableAnswers } from '../kept/resumable-answers.ts';
import { answerHeaders, innerHeaders, innerOriginOf, openInnerRequest } from './inner-request.ts';
import type { SharedStreams } from './shared-streams.ts';

export interface ResumableStreamsOptions {
  /** The one in use now. */
  config(): Pick<
    Config,
    | 'resume'
    | 'resumeTimeout'
    | 'resumeMaxBytes'
    | 'resumeMaxAnswers'
    | 'maxEventBytes'
    | 'upstreamIdleTimeout'
    | 'keepaliveInterval'
  >;
  /** Where servers share a Redis. */
  shared: Promise<SharedStreams> | undefined;
  /** Takes the requests: a server with the application on it. */
  server(): Server;
}

/** What a request asks for: a stream to come back to, or to go on with one. */
export type ResumeAsk = 'start' | 'go-on' | undefined;

/**
 * An event for a client holds what one of the upstream's held, in the words of another API: at most as much again is added by
 * names, ids and escapes.
 */
const translatedSize = 2;

const askHeader = 'x-opencompat-resume';
/** What a client sends that wants to come back. */
const newValue = 'new';
/** What its answer says where it cannot. */
const noneValue = 'none';
/** `accept-encoding` is between the client and this server, which encodes nothing. */
const ownHeaders = /^(x-opencompat-resume|last-event-id|accept-encoding)$/;

export class ResumableStreams {
  readonly #options: ResumableStreamsOptions;
  readonly #answers = new ResumableAnswers();
  readonly #shared: Promise<SharedStreams> | undefined;

  constructor(options: ResumableStreamsOptions) {
    this.#options = options;
    this.#shared = options.shared;
  }

  askOf(req: IncomingMessage): ResumeAsk {
    if (innerOriginOf(req)) return undefined;
    const { method, headers } = req;
    if (method !== 'POST') return method === 'GET' && isToken(tokenOf(headers)) ? 'go-on' : undefined;
    const token = tokenOf(headers);
    if (token !== '' && token !== newValue) return 'go-on';
    const { resume } = this.#options.config();
    if (resume === 'off' || (resume === 'asked' && token === '')) return undefined;
    return 'start';
  }

  /** Answers by an inner request. */
  start(req: Request, res: Response, api: ClientApi): void {
    let inner: Request | undefined;
    const request = openInnerRequest({
      server: this.#options.server(),
      connection: req.socket,
      path: req.originalUrl,
      headers: innerHeaders(req.headers, ownHeaders),
      origin: { onRequest: (seen) => (inner = seen as Request) },
    });
    const letGo = () => request.destroy();
    res.once('close', letGo);
    request.on('error', () => cutOff(res));
    request.on('response', (answer) => {
      const kept =
        inner && this.#keep({ owner: ownerOf(inner.exchange.clientId, inner.ip), path: req.path }, answer, letGo);
      if (!inner || !kept) return passOn(answer, res);
      res.off('close', letGo);
      res.writeHead(200, { ...answerHeaders(answer), [askHeader]: kept.id });
      void this.#shared?.then((shared) => shared.mirror(kept));
      this.#read(answer, kept, (reason) => endOf(inner!, api, kept.count, reason));
      kept.attach(res, 0);
    });
    req.pipe(request);
  }

  /**
   * Sends the rest of an answer to a client that was let in.
   * @throws OpenCompatError for a token without an answer, or of events that are not kept any more
   */
  async goOn(req: Request, res: Response): Promise<void> {
    const scope = { owner: ownerOf(req.exchange.clientId, req.ip), path: req.path };
    const token = tokenOf(req.headers);
    const writeHead = (contentType: string, id: string) =>
      res.writeHead(200, { ...streamHeaders(contentType), [askHeader]: id });
    const found = this.#answers.find(scope, token);
    if (!found && this.#shared) return (await this.#shared).goOn({ req, res, scope, token, writeHead });
    const has = found?.answer.has(found.position) ?? 'never';
    if (!found || has === 'never') throw new OpenCompatError('OC_RESUME_UNKNOWN');
    if (has === 'gone') throw new OpenCompatError('OC_RESUME_GONE');
    req.resume();
    const { answer, position } = found;
    writeHead(answer.contentType, answer.id);
    answer.attach(res, position);
  }

  drain(): void {
    this.#answers.drain(this.#shared !== undefined);
  }

  /** Resolves when other servers can have all that has come. */
  async close(): Promise<void> {
    await (await this.#shared)?.close();
  }

  /** Undefined for what is no stream, and where the client has as many as it may. */
  #keep(scope: AnswerScope, answer: IncomingMessage, abort: () => void): ResumableAnswer | undefined {
    const type = answer.headers['content-type'];
    if (answer.statusCode !== 200 || type === undefined || !isResumable(type)) return undefined;
    const { resumeMaxBytes, resumeMaxAnswers, resumeTimeout, upstreamIdleTimeout } = this.#options.config();
    const source = { pause: () => answer.pause(), resume: () => answer.resume(), abort };
    return this.#answers.open(scope, type, source, {
      maxBytes: resumeMaxBytes,
      maxAnswers: resumeMaxAnswers,
      timeoutMs: resumeTimeout * 1000,
      stallMs: upstreamIdleTimeout * 1000,
    });
  }

  /** @param toText the event that ends the stream where its answer breaks off */
  #read(answer: IncomingMessage, kept: ResumableAnswer, toText: (reason: string) => string): void {
    const maxEventBytes = translatedSize * this.#options.config().maxEventBytes;
    const cutter = createEventCutter({ ...kept.cutting, maxEventBytes });
    const end = (reason?: string) => {
      if (kept.isOver) return;
      if (reason !== undefined) {
        // What has come of an event that is cut off goes to nobody.
        const ending = createEventCutter({ ...kept.cutting, maxEventBytes });
        ending.feed(Buffer.from(toText(reason)));
        ending.end();
      } else cutter.end();
      kept.finish();
    };
    answer.on('data', (bytes: Buffer) => {
      try {
        cutter.feed(bytes);
        kept.flush();
      } catch (error) {
        end((error as Error).message);
        answer.destroy();
      }
    });
    answer.on('end', () => end());
    answer.on('error', () => end('it broke off'));
    answer.on('close', () => end('it broke off'));
  }
}

/** The error event, as the answer's own encoder writes it where it is there, and has not written one that was lost. */
function endOf(inner: Request, api: ClientApi, events: number, reason: string): string {
  const { failStream, id } = inner.exchange as HttpExchange;
  return failStream?.(lostAfter(events, reason)) || lossOf(api, events, reason, id);
}

/**
 * What the client names: the last event that it has had, or `new`. A reader of events that comes back by itself repeats its own
 * headers, `new` among them, and adds the event.
 */
function tokenOf(headers: IncomingHttpHeaders): string {
  const asked = headers[askHeader];
  const lastEvent = String(headers['last-event-id'] ?? '');
  return typeof asked === 'string' && (asked !== newValue || lastEvent === '') ? asked : lastEvent;
}

/** An answer that its client cannot come back to. */
function passOn(answer: IncomingMessage, res: Response): void {
  const { statusCode = 500, headers } = answer;
  const isStream = statusCode === 200 && isResumable(headers['content-type']);
  res.writeHead(statusCode, { ...answerHeaders(answer), ...(isStream && { [askHeader]: noneValue }) });
  answer.on('error', () => cutOff(res));
  answer.pipe(res);
}

function cutOff(res: Response): void {
  res.destroy();
}
