/** What Anthropic's Messages API refuses of a request, in its words: the rules that a request of another API breaks most easily. */
type Json = Record<string, unknown>;
export interface MessagesModel {
    id: string;
    /** How it is asked to think. Absent: not at all. */
    thinking?: 'adaptive' | 'budget';
    /** Has it done away with sampling parameters? */
    isSampled?: boolean;
    maxOutputTokens: number;
}
/** @returns the message of the refusal */
export declare function findMessagesRefusal(request: Json, model: MessagesModel): string | undefined;
/** Signs what was thought, so that what comes back can be told from what was changed. */
export declare function signThinking(thinking: string): string;
export {};
