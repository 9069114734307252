import type { LooseItem } from '../apis/responses/schema.ts';
import type { CanonicalInputItem } from '../canonical/types.ts';
import type { ResponseStore } from './response-store.ts';
export declare function quoteId(id: string): string;
/**
 * Finds the conversation for one request. A short request can name many answers, even repeatedly: each answer is read once,
 * other requests get their turn in between, and the result has a size limit.
 */
export declare class ConversationFinder {
    #private;
    /** @param stores the nearest first */
    constructor(stores: readonly ResponseStore[], owner: string, limitBytes: number);
    /**
     * The conversation up to an answer, with the answer, the oldest first.
     * @throws OpenCompatError OC_PREVIOUS_RESPONSE_NOT_FOUND, OC_CONVERSATION_TOO_LARGE
     */
    readChain(id: string): Promise<CanonicalInputItem[]>;
    /** @throws OpenCompatError OC_CONVERSATION_TOO_LARGE */
    findItem(id: string, param: string): Promise<LooseItem | undefined>;
}
