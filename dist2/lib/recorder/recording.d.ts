/**
 * The taps on one exchange. They hang on this exchange's own request, response, upstream answers and transforms: an exchange that
 * is not recorded runs through nothing of this file. Bytes are kept as they are; the secrets go when the capture is written.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { Secret } from '../secret.ts';
import type { CapturedError, CapturedModel } from './capture.ts';
/** A line before its secrets are out: bytes are a Buffer. */
export interface RawLine {
    readonly at: string;
    readonly ms: number;
    readonly bytes?: Buffer;
    readonly [field: string]: unknown;
}
/** What is read of an upstream request. */
interface SentRequest {
    readonly method?: string;
    readonly url: URL;
    readonly headers: Readonly<Record<string, string | Secret>>;
    readonly body?: string;
    readonly api?: {
        readonly name: string;
    };
    readonly isPassThrough?: boolean;
}
type SentAnswer = Readable & {
    statusCode?: number;
    headers: Record<string, string | string[] | undefined>;
};
/** What is read of an exchange. */
export interface RecordedExchange {
    readonly id: string;
    readonly timings: {
        readonly receivedMs: number;
    };
    readonly request: unknown;
    readonly resolvedModel?: unknown;
    readonly ignored: ReadonlySet<string>;
    readonly error?: Error & {
        readonly code?: string;
        readonly status?: number;
    };
    readonly clientKey?: {
        readonly name: string;
    };
}
type Transform<Event> = (event: Event, emit: (event: Event) => void, choice: number) => void;
/** Of the memory that all captures share. */
export interface Allowance {
    /** false: there is no room for so many bytes. */
    take(bytes: number): boolean;
}
/** What was recorded of an exchange that is over. It holds nothing else of it. */
export interface EndedRecording {
    readonly id: string;
    readonly startedAtMs: number;
    readonly lines: readonly RawLine[];
    readonly heldBytes: number;
}
export interface RecordingOptions {
    /** How the client's name of the model led to the one that answers. */
    describeModel(): CapturedModel | undefined;
    allowance: Allowance;
}
/** Of a capture besides its lines. */
export declare const captureBytes = 2000;
export declare class Recording {
    #private;
    readonly lines: RawLine[];
    readonly startedAtMs: number;
    leftOutBytes: number;
    /** Of the memory that all captures share. */
    heldBytes: number;
    /** Did the upstream refuse, break off, or stay away? */
    hasUpstreamFailed: boolean;
    constructor(exchange: RecordedExchange, options: RecordingOptions);
    add(at: string, fields: Record<string, unknown>, bytes?: Buffer): void;
    /** The request's body is known when it has come. */
    tapRequest(req: IncomingMessage): void;
    /** Tells what leaves the server: through the response, and past it (lib/answer/client-answer.ts writes chunks to the socket). */
    tapResponse(res: ServerResponse): void;
    /** Wraps the sending of an upstream request. */
    tapSend<Sent extends SentRequest>(send: (request: Sent) => SentAnswer | Promise<SentAnswer>): (request: Sent) => Promise<SentAnswer>;
    /** A box has added a transform. */
    noteTransform(box: string): void;
    /** Wraps the transforms of a choice, to tell of the events that each of them changes: the server's own, and those of boxes. */
    tapTransforms<Event>(transforms: readonly Transform<Event>[]): Transform<Event>[];
    end(res: ServerResponse): EndedRecording;
}
export declare function describeError(error: unknown): CapturedError;
export {};
