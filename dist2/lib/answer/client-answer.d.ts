/** How an answer leaves the server: its head, what is written of it, and keepalives while there is nothing to write. */
import type { Response } from 'express';
export interface ClientAnswerOptions {
    /** Media type of a stream; '' for an answer in one piece, which is JSON. */
    streamType: string;
    /** Called once, right before the head is written. @param isAlone has nothing of the answer come yet? */
    onHead(isAlone: boolean): void;
    /** Called once, right before the first of the answer itself is written. */
    onBegin(): void;
    /** Silence after which a keepalive is sent, in milliseconds; 0 = never. */
    keepaliveMs: number;
    /** When the client began to wait, on the `performance.now()` clock. */
    sinceMs: number;
    /** What may be sent while no upstream has answered; '' = nothing. */
    keepalive(): string;
}
/** What one write carries: text, or the bytes of several reads. */
export type StreamData = string | readonly Buffer[];
/** The headers of every streamed answer. */
export declare function streamHeaders(contentType: string): Record<string, string>;
/**
 * One for each exchange. Keepalives take the head with them, so that whoever stands between hears something in time; the answer
 * itself begins with the first `write` or `end`, and until then may come from another model.
 */
export declare class ClientAnswer {
    #private;
    constructor(res: Response, options: ClientAnswerOptions);
    /** Has something of the answer been sent? */
    get hasBegun(): boolean;
    /** Begins to send keepalives. */
    wait(): void;
    /** An upstream is answering: after a silence it is asked what to send, by `write` or `keepAlive`. */
    attach(onSilence: () => void): void;
    /** Its answer has failed: the client goes on waiting. */
    detach(): void;
    /** One write to the client's socket. The head goes with the first. @returns false: wait for `drained` */
    write(data: StreamData): boolean;
    /** Sends what is no part of the answer. */
    keepAlive(text: string): void;
    /** Ends a stream with the text. */
    end(text?: string): void;
    /** Sends an answer in one piece. */
    endWhole(json: Buffer): void;
    /** Ends the keepalives. */
    stop(): void;
    drained(): Promise<void>;
}
