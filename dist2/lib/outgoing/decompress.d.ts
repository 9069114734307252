/** Decompresses answers that some servers and inspecting proxies compress without being asked. */
import type { IncomingHttpHeaders } from 'node:http';
import { type Readable } from 'node:stream';
/** Asks for uncompressed answers: an event of a stream has to arrive at once. */
export declare const acceptEncoding = "identity";
/** The head of an answer, and its body as a stream. */
export interface PlainAnswer extends Readable {
    statusCode?: number;
    headers: IncomingHttpHeaders;
}
/** The answer without its coding, if it is one that is known; else as it is. */
export declare function decompress(answer: PlainAnswer): PlainAnswer;
