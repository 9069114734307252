import type { CanonicalInputItem } from '../../canonical/types.ts';
import type { MessagesRequest } from './schema.ts';
/** @throws OpenCompatError for tool results without a call and calls without a result, and for content not served here */
export declare function toInput({ system, messages }: Pick<MessagesRequest, 'system' | 'messages'>): CanonicalInputItem[];
