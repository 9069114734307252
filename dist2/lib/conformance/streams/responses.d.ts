/** Reads a Responses stream, and tells which rules it breaks. */
import { type Json } from '../../lenient-json.ts';
import type { Answer } from '../server.ts';
import { Faults } from './faults.ts';
import { type SseRule } from './sse.ts';
export type ResponseRule = SseRule | 'name' | 'created' | 'terminal' | 'number' | 'index' | 'item-id' | 'error';
export interface ResponseStream {
    answer: Answer;
    faults: Faults<ResponseRule>;
    text: string;
    arguments: string;
    /** Of the last event. */
    response: Json;
    ids: unknown[];
}
export declare function readResponseStream(answer: Answer): ResponseStream;
