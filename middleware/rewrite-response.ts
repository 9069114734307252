import { createAnswerHandler } from '../lib/answer/answer-handler.ts';
import { ClientAnswer } from '../lib/answer/client-answer.ts';
import type { AnswerContext, AnswerDefaults, ClientApi, StreamEncoder } from '../lib/apis/api.ts';
import { tellFacts, tellFactsLate } from '../lib/chain/answer-facts.ts';
import { defineMiddleware, type Exchange, type Request, type Response } from '../lib/chain/middleware.ts';
import { noteQuota } from '../lib/chain/note-quota.ts';
import type { Config } from '../lib/config/schema.ts';
import { sessionOf } from '../lib/kept/socket-sessions.ts';

/**
 * Turns the upstream's events into the client's answer: emulations, the plugins' transforms, the client API's encoder. Until
 * they come, it keeps the client's connection alive.
 */
export default defineMiddleware({
  name: 'rewrite-response',
  after: ['inject-auth'],
  create(_options, { config, quotas }) {
    const defaults = { reasoningCompat: config.reasoningCompat };

    return function rewriteResponse(req, res, next) {
      const { exchange } = req;
      const { api } = exchange;
      if (!api) throw new TypeError('rewrite-response belongs to the chain of an API');
      const client = openClient(res, { req, api, defaults, keepaliveMs: keepaliveMsOf(req, config) });
      exchange.awaitAnswer = () => client.wait();
      exchange.openAnswer = () =>
        createAnswerHandler(exchange, {
          api,
          context: toContext(req, defaults),
          client,
          onQuota: (quota) => noteQuota(exchange, quota, quotas),
          earlyEnd: sessionOf(req)?.earlyEnd,
          limits: config,
        });
      next();
    };
  },
});

function keepaliveMsOf(req: Request, { keepaliveInterval, keepaliveWhole }: Config): number {
  // A WebSocket has pings, and tells its client the status of an error.
  if (sessionOf(req)) return 0;
  return req.exchange.isStreaming || keepaliveWhole ? keepaliveInterval * 1000 : 0;
}

interface ClientFacts {
  readonly req: Request;
  readonly api: ClientApi;
  readonly defaults: AnswerDefaults;
  readonly keepaliveMs: number;
}

function openClient(res: Response, { req, api, defaults, keepaliveMs }: ClientFacts): ClientAnswer {
  const { exchange } = req;
  const { isStreaming, timings } = exchange;
  let encoder: StreamEncoder | undefined;

  /** The head is about to go with this: from here on, an error is an event. */
  function openStream(): string {
    encoder ??= api.createStreamEncoder(exchange.body, toContext(req, defaults));
    const opened = encoder;
    exchange.failStream ??= (error) => opened.fail(error);
    return opened.keepalive;
  }

  return new ClientAnswer(res, {
    streamType: isStreaming ? api.streamType : '',
    onHead(isAlone) {
      exchange.isHeadAlone = isAlone;
      writeHeaders(exchange, res, isAlone);
    },
    onBegin() {
      if (exchange.isHeadAlone) tellFactsLate(exchange, res);
      timings.firstByteMs = performance.now();
      exchange.noteBegin();
    },
    keepaliveMs,
    sinceMs: timings.receivedMs,
    // JSON may begin with white space (RFC 8259 §2, https://www.rfc-editor.org/rfc/rfc8259#section-2).
    keepalive: isStreaming ? openStream : () => ' ',
  });
}

function writeHeaders(exchange: Exchange, res: Response, isEarly: boolean): void {
  const { timings, api, id, toldHeaders } = exchange;
  const nowMs = performance.now();
  const waitedMs = (timings.upstreamFirstMs ?? nowMs) - (timings.upstreamSentMs ?? nowMs);
  const elapsedMs = nowMs - timings.receivedMs;
  res.setHeader('openai-processing-ms', String(Math.round(elapsedMs)));
  res.setHeader('openai-version', '2020-10-01');
  res.setHeader('x-opencompat-overhead-ms', (elapsedMs - waitedMs).toFixed(2));
  tellFacts(exchange, res, isEarly);
  const told = { ...toldHeaders, ...api?.answerHeaders?.(id) };
  for (const [name, value] of Object.entries(told)) res.setHeader(name, value);
}

function toContext({ exchange, headers }: Request, defaults: AnswerDefaults): AnswerContext {
  return {
    id: exchange.answerId,
    createdS: Math.floor(Date.now() / 1000),
    model: exchange.model.requested,
    receivedMs: performance.timeOrigin + exchange.timings.receivedMs,
    nowMs: () => performance.timeOrigin + performance.now(),
    request: exchange.request,
    headers,
    defaults,
    ignore: (param) => exchange.ignore(param),
    keep: exchange.keepAnswer,
    keepMessage: exchange.keepMessage,
  };
}
