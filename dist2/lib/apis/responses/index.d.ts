/** The OpenAI Responses API, as its clients speak it. */
import type { ClientApi } from '../api.ts';
import { type ResponsesRequest } from './schema.ts';
export type { ResponsesRequest } from './schema.ts';
export declare const responses: ClientApi<ResponsesRequest>;
/** The count of a request's tokens, which need not name a model. */
export declare const responsesInputTokens: ClientApi<ResponsesRequest>;
/** The compaction of a long conversation. */
export declare const responsesCompact: ClientApi<ResponsesRequest>;
