/** Reads only the roles and kinds of content of Anthropic's messages, for requests that are passed on. */
import type { CanonicalInputItem } from '../../canonical/types.ts';
import type { MessagesRequest } from './schema.ts';
export declare function outlineMessages(messages: MessagesRequest['messages']): CanonicalInputItem[];
