/** Chat Completions: whole answers, streams, parameters. */
import { type Json } from '../../lenient-json.ts';
import { type Check } from '../check.ts';
import { type Answer, type Probe, type Server } from '../server.ts';
import { type ChatRule, type ChatStream } from '../streams/chat.ts';
import { Faults } from '../streams/faults.ts';
export declare const chatPath = "/v1/chat/completions";
export declare const finishReasons: string[];
export interface SeenChat {
    answer: Answer;
    body: Json;
    choice: Json;
    message: Json;
}
export declare function askChat(server: Server, body: object): Promise<Answer>;
/** @param isBasic a server of the API must take it; else it may be refused by name */
export declare function chatProbe(body: object, isBasic?: boolean): Probe<SeenChat>;
export interface SeenChatStream extends ChatStream {
    answer: Answer;
    faults: Faults<ChatRule>;
}
export declare function chatStreamProbe(body: object, isBasic?: boolean): Probe<SeenChatStream>;
export declare const chatChecks: Check[];
