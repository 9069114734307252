/** A server under test: asked over HTTP, with every answer bounded in time and size. */
import { type Json } from '../lenient-json.ts';
/** Asks the server. What it gives is asked for once in a run, however many checks look at it. */
export type Probe<Seen> = (server: Server) => Promise<Seen>;
export interface ServerOptions {
    /** Without a path. */
    base: string;
    key?: string;
    model: string;
    /** Default: `model`. */
    embeddingsModel?: string;
    /** Longest time of one request, in milliseconds. Default 120,000: a model may think for long. */
    timeoutMs?: number;
}
export interface Asked {
    method?: string;
    /** An object is sent as JSON, text as it is. */
    body?: object | string;
    /** Besides those of the key and of JSON. A header with undefined is not sent. */
    headers?: Record<string, string | undefined>;
}
export interface Answer {
    /** As it was asked: `POST /v1/chat/completions`. */
    readonly route: string;
    readonly status: number;
    readonly headers: Headers;
    readonly text: string;
    /** Undefined for what is no JSON object. */
    readonly json: Json | undefined;
}
export declare class Server {
    #private;
    readonly base: string;
    readonly key: string | undefined;
    readonly model: string;
    readonly embeddingsModel: string;
    readonly timeoutMs: number;
    constructor({ base, key, model, embeddingsModel, timeoutMs }: ServerOptions);
    /** What a probe has seen; it asks once. */
    once<Seen>(probe: Probe<Seen>): Promise<Seen>;
    /**
     * GET without a body, POST with one.
     * @throws Error for a server that cannot be reached, takes too long, or says too much
     */
    ask(path: string, { method, body, headers }?: Asked): Promise<Answer>;
    /** The same, before the body has been read. */
    open(path: string, { method, body, headers }: Asked, signal: AbortSignal): Promise<Response>;
    get keyHeaders(): Record<string, string>;
}
/** How an answer of failure reads: its status and what it says. */
export declare function tellFailure({ route, status, text }: Answer): string;
/** For what every server of the API has. @throws Error where it failed */
export declare function expectOk(answer: Answer): Answer;
/** For a path that a server may lack. @throws NotApplicable where it does, Error where it failed otherwise */
export declare function expectServed(answer: Answer): Answer;
/** For what a server or a model may refuse by name. @throws NotApplicable where it does, Error where it failed otherwise */
export declare function expectTaken(answer: Answer): Answer;
