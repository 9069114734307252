/** Reads a Chat Completions stream, adds it up, and tells which rules it breaks. */
import { type Json } from '../../lenient-json.ts';
import type { Report } from './faults.ts';
import { type SseRule } from './sse.ts';
export type ChatRule = SseRule | 'done' | 'after-done' | 'error' | 'object' | 'id' | 'model' | 'created' | 'index' | 'role' | 'finish' | 'after-finish' | 'usage' | 'tool-index' | 'tool-start' | 'tool-rest';
export interface StreamedChoice {
    text: string;
    finishReason: unknown;
    calls: {
        id: unknown;
        name: unknown;
        arguments: string;
    }[];
    hasBegun: boolean;
}
export interface ChatStream {
    choices: StreamedChoice[];
    usage: Json | undefined;
    /** How many chunks had text. */
    textChunks: number;
}
export declare function readChatStream(wire: string, report: Report<ChatRule>): ChatStream;
