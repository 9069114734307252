/** Shared by the fake upstreams: the delivery of scripted answers, and the record of a request. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
/** How the bytes of a scripted answer travel. */
export interface Delivery {
    /**
     * Writes pieces of this many bytes instead of one event at a time. Each is a chunk of its own (RFC 9112 §7.1,
     * https://www.rfc-editor.org/rfc/rfc9112#section-7.1), so that a reader gets it alone.
     */
    splitEveryBytes?: number;
    /**
     * Waits before each piece. Default 0: pieces follow each other on consecutive turns of the event loop, very small ones
     * several in a turn.
     */
    delayMs?: number;
    /** Stops after this many bytes, until `resume()` of the recorded request. */
    pauseAfterBytes?: number;
    /** Destroys the connection after this many bytes. */
    cutAfterBytes?: number;
    /** Never ends: all events are sent, then nothing more. With no events not even the head is sent. */
    hang?: boolean;
    /** Added to, or with undefined taken from, the headers that every stream has. */
    headers?: Record<string, string | undefined>;
}
/** A request as the fake got it. */
export interface RecordedRequest {
    method: string;
    /** With the query. */
    path: string;
    headers: IncomingHttpHeaders;
    /** The parsed JSON; undefined when there was none. */
    body: any;
    /** The status of the answer; 0 until it is decided. */
    status: number;
    /**
     * Resolves when the exchange is over: true when the other side closed the connection before the answer was complete,
     * false when all was sent (or the script cut the connection).
     */
    aborted: Promise<boolean>;
    /** On the `performance.now()` clock; undefined while the answer goes on. */
    closedAtMs?: number;
    /** Lets an answer go on that stands at `pauseAfterBytes`. */
    resume(): void;
}
/** The events of a stream, as they were written. */
export declare function splitIntoEvents(text: Buffer): Buffer[];
export declare function sendJson(res: ServerResponse, status: number, body: object, headers?: Record<string, string>): void;
export declare function readBody(req: IncomingMessage): Promise<string>;
/** An exchange from the fake's side: its record, and the switches of its delivery. */
export declare class Recording implements RecordedRequest {
    readonly method: string;
    readonly path: string;
    readonly headers: IncomingHttpHeaders;
    /** The body as it came. */
    readonly text: string;
    readonly body: unknown;
    status: number;
    closedAtMs?: number;
    readonly aborted: Promise<boolean>;
    readonly resumed: Promise<void>;
    /** The script, not the other side, broke the connection. */
    isCut: boolean;
    resume: () => void;
    constructor(req: IncomingMessage, res: ServerResponse, text: string);
}
/** @param headers of every stream of this fake */
export declare function deliver(res: ServerResponse, recording: Recording, chunks: readonly Buffer[], delivery: Delivery, headers?: Record<string, string>): Promise<void>;
