import { type ScriptedItem } from './scripted-answer.ts';
export interface FormOptions {
    model: string;
    /** Makes the ids of the answer and of its calls. Default `fake`. */
    id?: string;
}
/** What the scripted answers of Chat Completions say of their tokens. */
export declare const fakeChatUsage: {
    prompt_tokens: number;
    completion_tokens: number;
    total_tokens: number;
    prompt_tokens_details: {
        cached_tokens: number;
    };
    completion_tokens_details: {
        reasoning_tokens: number;
    };
};
/** The chunks of a stream, without `[DONE]`; reasoning goes as `reasoning_content`. */
export declare function scriptChatChunks(script: string | readonly ScriptedItem[], { model, id }: FormOptions): Record<string, unknown>[];
export declare function scriptChatCompletion(script: string | readonly ScriptedItem[], { model, id }: FormOptions): object;
/** The answer that is not streamed. */
export declare function scriptMessage(script: string | readonly ScriptedItem[], { model, id }: FormOptions): object;
export declare function scriptMessageEvents(script: string | readonly ScriptedItem[], options: FormOptions): object[];
