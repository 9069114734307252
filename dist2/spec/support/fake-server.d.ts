import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type RecordedRequest, Recording } from './delivery.ts';
export declare abstract class FakeServer {
    #private;
    /** Without a slash at its end. */
    origin: string;
    /** Those for an answer. */
    readonly requests: Recording[];
    readonly otherRequests: Recording[];
    /** Answers a request that has arrived whole. */
    abstract handle(recording: Recording, req: IncomingMessage, res: ServerResponse): Promise<void>;
    listen(): Promise<void>;
    /** Adds one to `requests`. */
    record(recording: Recording): void;
    get last(): RecordedRequest;
    waitForRequest(index: number): Promise<RecordedRequest>;
    close(): Promise<void>;
}
/** An answer in one piece. An object is sent as JSON, text as it is. */
export interface WholeAnswer {
    status: number;
    body: object | string;
    headers?: Record<string, string>;
}
export declare function sendWhole(res: ServerResponse, recording: Recording, { status, body, headers }: WholeAnswer): void;
/** A scripted stream: its events or chunks; or the name of a file of the fixtures; or the URL of any file. */
export type StreamScript = string | URL | readonly object[];
/**
 * The bytes of a stream, an event at a time.
 * @param form whose fixtures a name is of; to chunks of `chat`, `[DONE]` is added
 */
export declare function toEventBytes(script: StreamScript, form: 'chat' | 'messages' | 'responses'): Buffer[];
