/** The Anthropic Messages API, as its clients speak it. */
import type { ClientApi } from '../api.ts';
import { type MessagesRequest } from './schema.ts';
export type { MessagesRequest } from './schema.ts';
export declare const messages: ClientApi<MessagesRequest>;
/** A count of the tokens that such a request would have. */
export declare const messageTokens: ClientApi<MessagesRequest>;
