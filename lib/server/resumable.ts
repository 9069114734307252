/**
 * Streams that outlive their connection. The client's request is answered by an inner one, which takes the whole chain: once for
 * limits, charges, logs and the ledger. Its stream is kept for a while; whoever comes back with a token is sent the rest.
 */
import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http';
import type { Request, Response } from 'express';
import { streamHeaders } from '../answer/client-answer.ts';
import type { Config } from '../config/schema.ts';
import { OpenCompatError } from '../errors.ts';
import { createEventCutter } from '../kept/event-cutter.ts';
import { ownerOf } from '../kept/response-store.ts';
import { isResumable, type ResumableAnswer } from '../kept/resumable-answer.ts';
import { isToken, ResumableAnswers } from '../kept/resumable-answers.ts';
import { answerHeaders, innerHeaders, innerOriginOf, openInnerRequest } from './inner-request.ts';

export interface ResumableStreamsOptions {
  /** The one in use now. */
  config(): Pick<
    Config,
    'resume' | 'resumeTimeout' | 'resumeMaxBytes' | 'resumeMaxAnswers' | 'maxEventBytes' | 'upstreamIdleTimeout'
  >;
  /** Takes the requests: a server with the application on it. */
  server(): Server;
}

/** What a request asks for: a stream to come back to, or to go on with one. */
export type ResumeAsk = 'start' | 'go-on' | undefined;

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

  constructor(options: ResumableStreamsOptions) {
    this.#options = options;
  }

  askOf(req: IncomingMessage): ResumeAsk {
    const { method, headers } = req;
    if (method !== 'POST') return method === 'GET' && isToken(tokenOf(headers)) ? 'go-on' : undefined;
    const token = tokenOf(headers);
    if (token !== '' && token !== newValue) return 'go-on';
    const { resume } = this.#options.config();
    if (resume === 'off' || (resume === 'asked' && token === '')) return undefined;
    return innerOriginOf(req) ? undefined : 'start';
  }

  /** Answers by an inner request. */
  start(req: Request, res: Response): void {
    let inner: Request | undefined;
    const request = openInnerRequest({
      server: this.#options.server(),
      remoteAddress: req.socket.remoteAddress,
      path: req.originalUrl,
      headers: innerHeaders(req.headers, ownHeaders),
      origin: { onRequest: (seen) => (inner = seen as Request) },
    });
    const letGo = () => request.destroy();
    res.once('close', letGo);
    request.on('error', () => cutOff(res));
    request.on('response', (answer) => {
      const kept = inner && this.#keep(inner, answer, letGo);
      if (!kept) return passOn(answer, res);
      res.off('close', letGo);
      res.writeHead(200, { ...answerHeaders(answer), [askHeader]: kept.id });
      this.#read(answer, kept);
      kept.attach(res, 0);
    });
    req.pipe(request);
  }

  /**
   * Sends the rest of an answer to a client that was let in.
   * @throws OpenCompatError for a token without an answer, or of events that are not kept any more
   */
  goOn(req: Request, res: Response): void {
    const { clientId } = req.exchange;
    const found = this.#answers.find(ownerOf(clientId, req.ip), tokenOf(req.headers));
    const has = found?.answer.has(found.position) ?? 'never';
    if (!found || has === 'never') throw new OpenCompatError('OC_RESUME_UNKNOWN');
    if (has === 'gone') throw new OpenCompatError('OC_RESUME_GONE');
    req.resume();
    const { answer, position } = found;
    res.writeHead(200, { ...streamHeaders(answer.contentType), [askHeader]: answer.id });
    answer.attach(res, position);
  }

  drain(): void {
    this.#answers.drain();
  }

  /** Undefined for what is no stream, and where the client has as many as it may. */
  #keep(inner: Request, answer: IncomingMessage, abort: () => void): ResumableAnswer | undefined {
    const type = answer.headers['content-type'];
    if (answer.statusCode !== 200 || type === undefined || !isResumable(type)) return undefined;
    const { resumeMaxBytes, resumeMaxAnswers, resumeTimeout, upstreamIdleTimeout } = this.#options.config();
    const source = { pause: () => answer.pause(), resume: () => answer.resume(), abort };
    return this.#answers.open(ownerOf(inner.exchange.clientId, inner.ip), type, source, {
      maxBytes: resumeMaxBytes,
      maxAnswers: resumeMaxAnswers,
      timeoutMs: resumeTimeout * 1000,
      stallMs: upstreamIdleTimeout * 1000,
    });
  }

  #read(answer: IncomingMessage, kept: ResumableAnswer): void {
    const cutter = createEventCutter({ ...kept.cutting, maxEventBytes: 2 * this.#options.config().maxEventBytes });
    answer.on('data', (bytes: Buffer) => {
      try {
        cutter.feed(bytes);
        kept.flush();
      } catch {
        answer.destroy();
      }
    });
    answer.on('end', () => {
      cutter.end();
      kept.finish(true);
    });
    answer.on('error', () => kept.finish(false));
    answer.on('close', () => kept.finish(false));
  }
}

/** What the client names: the last event that it has had, or `new`. */
function tokenOf(headers: IncomingHttpHeaders): string {
  const asked = headers[askHeader];
  return typeof asked === 'string' ? asked : String(headers['last-event-id'] ?? '');
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
