/** Reads the body of an upstream's answer: a stream of events, or sometimes a whole JSON answer or an error page. */
import type { StreamDecoder } from '../apis/api.ts';
import { type EventLimits } from './sse.ts';
export interface AnswerBodyOptions extends EventLimits {
    decoder: StreamDecoder;
    /** Names in messages: "ChatGPT", "Responses". */
    providerTitle: string;
    apiTitle: string;
    /** Most bytes of an answer that comes whole, as JSON, instead of as a stream. */
    maxAnswerBytes: number;
}
/** Both throw OpenCompatError: an error that came instead of the answer, OC_UPSTREAM_BLOCKED, OC_UPSTREAM_INVALID. */
export interface AnswerBody {
    take(bytes: Buffer): void;
    /** Reads what was taken since the last call: a read's many small chunks at once. */
    flush(): void;
    end(): void;
}
/** Gives the decoder the data of each event, or the whole answer. */
export declare function createAnswerBody(options: AnswerBodyOptions): AnswerBody;
