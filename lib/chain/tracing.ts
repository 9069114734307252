/**
 * Tracing by OpenTelemetry's API: a span for each request and, below it, one for each request to an upstream, with the names of
 * its conventions for generative AI (https://github.com/open-telemetry/semantic-conventions-genai, 0.1.0). What becomes of the
 * spans is the business of the SDK that the operator has loaded; without one they cost next to nothing and lead nowhere.
 * A span holds names, numbers and codes of errors: never content, never a secret, and no text of an upstream.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Span, Tracer } from '@opentelemetry/api';
import { OpenCompatError } from '../errors.ts';
import { loadPackage } from '../load-package.ts';
import { ConfigError } from '../options/faults.ts';
import type { UpstreamAnswer, UpstreamRequest } from '../providers/provider.ts';
import { headerText } from '../public-text.ts';
import { isA } from '../thrown.ts';
import { version } from '../version.ts';
import type { AttemptTrace, Exchange, Request, RequestTrace, TraceContext } from './middleware.ts';
import { type RequestFacts, usedBy } from './request-facts.ts';

type OpenTelemetry = typeof import('@opentelemetry/api');

/** Version, trace id, parent id, flags; versions after 00 may add fields (§3.2.2 and §3.2.4). */
const traceparentForm =
  /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(-[\x21-\x7e]*)?$/;
/** Longest `traceparent` of a later version, and the longest `tracestate` that has to be passed on (§3.3.1.5), in characters. */
const maxParentLength = 128;
const maxStateLength = 512;

/** What a client's headers say of the trace that its request belongs to; undefined where they say nothing valid. */
export function readTraceContext({ traceparent, tracestate }: IncomingHttpHeaders): TraceContext | undefined {
  if (typeof traceparent !== 'string' || traceparent.length > maxParentLength) return undefined;
  const parts = traceparentForm.exec(traceparent);
  if (!parts || (parts[1] === '00' && parts[5] !== undefined)) return undefined;
  const isFit = typeof tracestate === 'string' && /^[\x20-\x7e]+$/.test(tracestate);
  return isFit && tracestate.length <= maxStateLength ? { traceparent, tracestate } : { traceparent };
}

export interface RequestTracer {
  start(req: Request): RequestTrace & { end(facts: RequestFacts): void };
}

/** @throws ConfigError where the package is not installed */
export function openTracer(): RequestTracer {
  const api = loadApi();
  const tracer = api.trace.getTracer('opencompat', version);
  return { start: (req) => new Spans(api, tracer, req) };
}

function loadApi(): OpenTelemetry {
  try {
    return loadPackage<OpenTelemetry>('@opentelemetry/api');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    const reason = 'needs the package @opentelemetry/api, which is not installed beside this server';
    throw new ConfigError([{ path: 'tracing', value: true, reason }]);
  }
}

/** Of one request. */
class Spans implements RequestTrace {
  readonly #api: OpenTelemetry;
  readonly #tracer: Tracer;
  readonly #span: Span;
  /** Attempts whose answers are being read: one for each choice. */
  readonly #open = new Set<Span>();

  constructor(api: OpenTelemetry, tracer: Tracer, { method, path, exchange }: Request) {
    this.#api = api;
    this.#tracer = tracer;
    const attributes = { 'http.request.method': method, 'url.path': path };
    const name = exchange.api ? `${method} ${exchange.api.name}` : method;
    this.#span = tracer.startSpan(name, { kind: api.SpanKind.SERVER, attributes }, this.#parentOf(exchange));
  }

  /** The span that an instrumentation of HTTP has begun, else the client's. */
  #parentOf({ traceContext }: Exchange) {
    const { context, createTraceState, ROOT_CONTEXT, trace } = this.#api;
    const active = context.active();
    if (trace.getSpan(active) || !traceContext) return active;
    const [, traceId, spanId, flags] = traceContext.traceparent.split('-') as [string, string, string, string];
    return trace.setSpanContext(ROOT_CONTEXT, {
      traceId,
      spanId,
      traceFlags: Number.parseInt(flags, 16),
      isRemote: true,
      ...(traceContext.tracestate && { traceState: createTraceState(traceContext.tracestate) }),
    });
  }

  startAttempt(exchange: Exchange, { url }: { readonly url: URL }): AttemptTrace {
    const { context, SpanKind, trace } = this.#api;
    const { model } = exchange;
    const operation = operationOf(exchange);
    const attributes = {
      'gen_ai.operation.name': operation,
      'gen_ai.provider.name': model.provider.name,
      'gen_ai.request.model': headerText(model.id),
      // The demo's has none.
      'server.address': url.hostname || undefined,
    };
    const span = this.#tracer.startSpan(
      `${operation} ${headerText(model.id)}`,
      { kind: SpanKind.CLIENT, attributes },
      trace.setSpan(context.active(), this.#span),
    );
    this.#open.add(span);
    return {
      context: this.#contextOf(span) ?? exchange.traceContext,
      answered: (status = 0) => {
        span.setAttribute('http.response.status_code', status);
        if (status < 200 || status > 299) this.#fail(span, String(status));
      },
      failed: (error) => this.#fail(span, typeOf(error)),
    };
  }

  /** Undefined without an SDK, whose spans are those of the client. */
  #contextOf(span: Span): TraceContext | undefined {
    const { traceId, spanId, traceFlags, traceState } = span.spanContext();
    const isOwn = this.#api.isSpanContextValid(span.spanContext()) && !this.#isOfClient(span);
    if (!isOwn) return undefined;
    const tracestate = traceState?.serialize();
    const traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
    return tracestate ? { traceparent, tracestate } : { traceparent };
  }

  /** A span that is not recorded for want of an SDK has the context of its parent. */
  #isOfClient(span: Span): boolean {
    return span.spanContext().spanId === this.#span.spanContext().spanId;
  }

  #fail(span: Span, type: string): void {
    this.#open.delete(span);
    span.setAttribute('error.type', type);
    span.setStatus({ code: this.#api.SpanStatusCode.ERROR });
    span.end();
  }

  endAttempts(exchange: Exchange, error?: unknown): void {
    if (error !== undefined) {
      for (const span of this.#open) this.#fail(span, typeOf(error));
      return;
    }
    // The usage is the sum of all choices: one span alone tells it.
    const [first] = this.#open;
    const { inputTokens, cachedTokens, outputTokens, reasoningTokens } = usedBy(exchange);
    first?.setAttributes({
      'gen_ai.usage.input_tokens': inputTokens,
      'gen_ai.usage.output_tokens': outputTokens,
      'gen_ai.usage.cache_read.input_tokens': cachedTokens,
      'gen_ai.usage.reasoning.output_tokens': reasoningTokens,
    });
    for (const span of this.#open) span.end();
    this.#open.clear();
  }

  end({ id, api, askedModel, clientKey, error, outcome, status }: RequestFacts): void {
    const span = this.#span;
    span.setAttributes({
      'http.response.status_code': status,
      'opencompat.request_id': id,
      'opencompat.outcome': outcome,
    });
    if (api !== undefined) span.setAttribute('opencompat.api', api);
    if (clientKey !== undefined) span.setAttribute('opencompat.client_key', clientKey);
    if (askedModel !== undefined) span.setAttribute('gen_ai.request.model', askedModel);
    if (error !== undefined) span.setAttribute('error.type', error);
    // A refusal of a client's request (4xx) is no error of a server's span; a stream that fails has begun with 200.
    if (error !== undefined && (status < 400 || status >= 500))
      span.setStatus({ code: this.#api.SpanStatusCode.ERROR });
    span.end();
  }
}

function operationOf({ api, request }: Exchange): string {
  if (request.embeddings) return 'embeddings';
  switch (api?.name) {
    case 'completions':
      return 'text_completion';
    case 'images':
    case 'forwarded':
      return 'generate_content';
    default:
      return 'chat';
  }
}

/** The client that leaves, and what plugins throw, has no code of the error table. */
function typeOf(error: unknown): string {
  return isA(error, OpenCompatError) ? error.code : '_OTHER';
}

/**
 * Sends a request to an upstream in a span of its own where spans are wanted, with the headers of the trace that it belongs to.
 * @param send is given a copy of the request where headers are added: a provider may have one set of them for all requests
 */
export async function withAttemptTrace<T extends Pick<UpstreamRequest, 'url' | 'headers'>>(
  exchange: Exchange,
  upstream: T,
  sendPlainly: (traced: T) => UpstreamAnswer | Promise<UpstreamAnswer>,
): Promise<UpstreamAnswer> {
  const send = exchange.recording?.tapSend(sendPlainly) ?? sendPlainly;
  const attempt = exchange.trace?.startAttempt(exchange, upstream);
  const context = attempt ? attempt.context : exchange.traceContext;
  const traced = context ? { ...upstream, headers: { ...upstream.headers, ...context } } : upstream;
  if (!attempt) return send(traced);
  try {
    const answer = await send(traced);
    attempt.answered(answer.statusCode);
    return answer;
  } catch (error) {
    attempt.failed(error);
    throw error;
  }
}
