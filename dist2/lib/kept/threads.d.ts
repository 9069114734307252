import type { ResponseStore, ThreadState } from './response-store.ts';
export declare class Threads {
    #private;
    constructor(store: ResponseStore, limitBytes: number, now?: () => number);
    /**
     * The conversation up to an answer. Until `release`, no other request of this server continues from it.
     * @throws OpenCompatError OC_THREAD_NOT_FOUND, OC_THREAD_ALREADY_CONTINUED, OC_THREAD_CONTINUE_IN_FLIGHT,
     * OC_CONVERSATION_TOO_LARGE
     */
    take(owner: string, id: string): Promise<ThreadState>;
    release(owner: string, id: string): void;
    /** @param previousId of the answer that this one continues from */
    keep(owner: string, id: string, state: ThreadState, previousId?: string): Promise<void>;
}
