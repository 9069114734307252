/** Ollama requests for text → canonical requests. Sets no defaults: another box does. */
import type { CanonicalRequest } from '../../canonical/types.ts';
import type { RequestContext } from '../api.ts';
import { type ChatBody, type GenerateBody } from './schema.ts';
/** @throws OpenCompatError for what cannot be honoured without lying */
export declare function chatToCanonical(body: ChatBody, context: RequestContext): CanonicalRequest;
/** @throws OpenCompatError for what cannot be honoured without lying */
export declare function generateToCanonical(body: GenerateBody, context: RequestContext): CanonicalRequest;
export declare function isStreaming({ stream }: Pick<ChatBody, 'stream'>): boolean;
