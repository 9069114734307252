/** Reads a stream of the Messages API, and tells which rules it breaks. */
import { type Json } from '../../lenient-json.ts';
import type { Answer } from '../server.ts';
import { Faults } from './faults.ts';
import { type SseRule } from './sse.ts';
export type MessageRule = SseRule | 'name' | 'start' | 'order' | 'index' | 'delta' | 'stop' | 'error';
export interface MessageStream {
    answer: Answer;
    faults: Faults<MessageRule>;
    text: string;
    input: string;
    start: Json;
    end: Json;
}
export declare function readMessageStream(answer: Answer): MessageStream;
