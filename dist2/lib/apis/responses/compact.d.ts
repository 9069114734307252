/** Compaction: the upstream shortens a long conversation by itself (the item `compaction_trigger`). */
import type { CanonicalRequest } from '../../canonical/types.ts';
import type { AnswerContext, AnswerEncoder, RequestContext } from '../api.ts';
import type { ResponsesRequest } from './schema.ts';
/** The request for a compaction: the conversation, and behind it the trigger. */
export declare function toCompaction(body: ResponsesRequest, context: Pick<RequestContext, 'ignore'>): CanonicalRequest;
/** The user's messages, and behind them the item that stands for the rest. */
export declare function createCompactionEncoder(body: ResponsesRequest, context: AnswerContext): AnswerEncoder;
