/** Chat Completions request → canonical request. Sets no defaults: another box does. */
import { type CanonicalRequest } from '../../canonical/types.ts';
import { type ReasoningCompat, type RequestContext } from '../api.ts';
import { type ChatRequest } from './schema.ts';
/**
 * Does the client read answers in the form that preceded `tool_calls`? Its request shows it.
 */
export declare function isLegacyRequest(body: ChatRequest): boolean;
/** @throws OpenCompatError for an unknown mode in the header */
export declare function readReasoningCompat({ headers, defaults, }: Pick<RequestContext, 'headers' | 'defaults'>): ReasoningCompat;
/** Is the body in the form of this API? An upstream of this API cannot read the form of the Responses API. */
export declare function isPortable({ messages }: ChatRequest): boolean;
/** @throws OpenCompatError for what cannot be honoured without lying */
export declare function toCanonical(given: ChatRequest, context: RequestContext): CanonicalRequest;
/** The outline of a request that is passed on: its model, and the form of its answer. */
export declare function toOutline({ model, stream }: ChatRequest): CanonicalRequest;
