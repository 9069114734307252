/** One answer that is made in the background: its state, its events, and the inner request that makes it. */
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { ResponseObject } from '../apis/responses/response-object.ts';
import type { HttpExchange } from '../chain/exchange.ts';
import { OpenCompatError } from '../errors.ts';
export interface RunLimits {
    /** Of the events that are kept. */
    maxBytes: number;
    maxEventBytes: number;
    /** How long the answer may take. */
    limitS: number;
    /** How long a reader may read nothing. */
    stallMs: number;
}
export interface BackgroundRunOptions {
    /** Who alone may see it (see `ownerOf`). */
    owner: string;
    limits: RunLimits;
    /** Called once: nothing of it runs any more. */
    onEnd(): void;
}
export declare class BackgroundRun {
    #private;
    readonly owner: string;
    constructor(options: BackgroundRunOptions);
    /** As a client is told now; undefined until the request has been accepted. */
    get response(): ResponseObject | undefined;
    get isRunning(): boolean;
    /** @param request makes the answer */
    begin(request: ClientRequest): void;
    /** The request is good: from here on the answer has an id, and goes on without its client. */
    accept(exchange: HttpExchange): ResponseObject;
    read(answer: IncomingMessage): void;
    /** Are the events behind this `sequence_number` kept? */
    has(startingAfter: number): 'yes' | 'gone' | 'never';
    /** Sends the events behind the `sequence_number`, then those to come. The head is the caller's. */
    attach(res: ServerResponse, startingAfter: number): void;
    cancel(): void;
    /** Stops it, and keeps nothing. */
    discard(): void;
    fail({ public: error }: OpenCompatError): void;
}
