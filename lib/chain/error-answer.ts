import type { Request, Response } from 'express';
import type { ClientApi, ErrorFacts } from '../apis/api.ts';
import { toOpenAiError } from '../apis/openai-error.ts';
import { type OpenCompatError, toOpenCompatError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { headerText } from '../public-text.ts';
import type { HttpExchange } from './exchange.ts';

/**
 * The one place that answers with an error: as JSON with its status while nothing has been sent, or without it where a client
 * that waits was given the head already; as the API's error event in a stream. A JSON answer that has been sent in part is cut
 * off.
 * @param apis the APIs that are served, for errors of paths outside them
 */
export function answerWithError(
  thrown: unknown,
  req: Request,
  res: Response,
  { log, apis }: { log: Logger; apis: readonly ClientApi[] },
): void {
  const error = toOpenCompatError(thrown);
  const exchange = req.exchange as HttpExchange | undefined;
  const api = exchange?.api ?? apis.find(({ isSpokenBy }) => isSpokenBy?.(req.headers));
  if (exchange) {
    exchange.isPluginAtWork = false;
    exchange.noteError(error);
    exchange.abort(error);
  }
  if (res.destroyed || res.writableEnded) return;
  logError(error, exchange?.log ?? log, exchange);

  if (res.headersSent && exchange?.failStream) {
    res.end(exchange.failStream(error.public));
    return;
  }
  if (res.headersSent && !exchange?.isHeadAlone) {
    res.destroy();
    return;
  }
  const facts = exchange && toFacts(exchange);
  const body =
    api?.errorBody(error.public, exchange?.id ?? '', facts, exchange?.parsedBody) ?? toOpenAiError(error.public);
  if (res.headersSent) {
    res.end(JSON.stringify(body));
    return;
  }
  res
    .status(api?.errorStatus?.(error.public) ?? error.status)
    .set(fitHeaders({ ...api?.answerHeaders?.(exchange?.id ?? ''), ...error.headers }))
    .json(body);
}

/** Upstreams send some of these texts. */
function fitHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, headerText(value)]));
}

function toFacts(exchange: HttpExchange): ErrorFacts | undefined {
  const { resolvedModel } = exchange;
  // A resolved model means that the request has been read.
  return resolvedModel && { request: exchange.request, contextWindow: resolvedModel.info.contextWindow };
}

/** Faults of the server or the upstream get a log line of their own; the access log has the rest. */
function logError(error: OpenCompatError, log: Logger, exchange: HttpExchange | undefined): void {
  if (error.status < 500) return;
  const isOurs = error.status === 500;
  log[isOurs ? 'error' : 'warn'](error.message, {
    code: error.code,
    provider: exchange?.resolvedModel?.provider.name,
    cause: isOurs ? error.cause : (error.cause as Error | undefined)?.message,
  });
}
