/**
 * Tracing by OpenTelemetry's API: a span for each request and, below it, one for each request to an upstream, with the names of
 * its conventions for generative AI (https://github.com/open-telemetry/semantic-conventions-genai, 0.1.0). What becomes of the
 * spans is the business of the SDK that the operator has loaded; without one they cost next to nothing and lead nowhere.
 * A span holds names, numbers and codes of errors: never content, never a secret, and no text of an upstream.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { UpstreamAnswer, UpstreamRequest } from '../providers/provider.ts';
import type { Exchange, Request, RequestTrace, TraceContext } from './middleware.ts';
import { type RequestFacts } from './request-facts.ts';
/** What a client's headers say of the trace that its request belongs to; undefined where they say nothing valid. */
export declare function readTraceContext({ traceparent, tracestate }: IncomingHttpHeaders): TraceContext | undefined;
export interface RequestTracer {
    start(req: Request): RequestTrace & {
        end(facts: RequestFacts): void;
    };
}
/** @throws ConfigError where the package is not installed */
export declare function openTracer(): RequestTracer;
/**
 * Sends a request to an upstream in a span of its own where spans are wanted, with the headers of the trace that it belongs to.
 * @param send is given a copy of the request where headers are added: a provider may have one set of them for all requests
 */
export declare function withAttemptTrace<T extends Pick<UpstreamRequest, 'url' | 'headers'>>(exchange: Exchange, upstream: T, sendPlainly: (traced: T) => UpstreamAnswer | Promise<UpstreamAnswer>): Promise<UpstreamAnswer>;
