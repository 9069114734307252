import type { ServerResponse } from 'node:http';
import type { SharedAnswer } from './shared-answers.ts';
export interface SharedReaderOptions {
    answer: SharedAnswer;
    /** Events that the client has had. */
    position: number;
    /** Its head is sent when the first events are known to be there. */
    res: ServerResponse;
    writeHead(): void;
    /** The server stops: the client comes back elsewhere. */
    signal: AbortSignal;
    /** How long the client may read nothing, in milliseconds. */
    stallMs: number;
    /** Silence after which `keepalive` is sent, in milliseconds; 0 = never. */
    keepaliveMs: number;
    keepalive: string;
    /** The event that ends the stream without the rest. @param events that the client has had */
    toLoss(events: number, reason: string): string;
}
/**
 * Resolves when the client has been sent all, or has left.
 * @returns false where the events that the client needs next are not kept any more; nothing has been sent then
 */
export declare function sendSharedAnswer(options: SharedReaderOptions): Promise<boolean>;
