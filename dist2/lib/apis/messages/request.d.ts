import type { CanonicalRequest } from '../../canonical/types.ts';
import type { RequestContext } from '../api.ts';
import { type MessagesRequest } from './schema.ts';
/** Does the client read thinking? Others might take the first block for the answer's text. */
export declare function wantsThinking({ thinking }: Pick<MessagesRequest, 'thinking'>): boolean;
/** Does it want to see the thinking, or only to send it back? */
export declare function wantsThinkingText(body: Pick<MessagesRequest, 'thinking'>): boolean;
/** @throws OpenCompatError for what cannot be honoured without lying */
export declare function toCanonical(body: MessagesRequest, context: RequestContext): CanonicalRequest;
/** The outline of a request that is passed on, for its headers and its log line. @throws OpenCompatError for a thread */
export declare function toOutline(body: MessagesRequest): CanonicalRequest;
