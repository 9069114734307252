/**
 * Responses request → canonical request, which is nearly the same: state that is kept elsewhere is refused; this server's own
 * is left to its store.
 */
import type { CanonicalRequest } from '../../canonical/types.ts';
import type { RequestContext } from '../api.ts';
import { type ResponsesRequest } from './schema.ts';
export declare function isStreaming({ stream, type }: ResponsesRequest): boolean;
/** @throws OpenCompatError for what cannot be honoured without lying */
export declare function toCanonical(body: ResponsesRequest, { ignore }: Pick<RequestContext, 'ignore'>): CanonicalRequest;
