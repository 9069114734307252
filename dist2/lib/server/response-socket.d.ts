/** One WebSocket connection of the Responses API: it takes messages, and has each answered by a request of its own. */
import type http from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import type { ResponseStore } from '../kept/response-store.ts';
/** When a connection has to be looked after. */
export interface TickLimits {
    /** Is a sign of life asked for? */
    isPinged: boolean;
    /** On the `performance.now()` clock: a connection that has not been used since is closed. */
    oldestUseMs: number;
    /** On the same clock: a message that has begun before and is not there is given up. */
    oldestPendingMs: number;
}
export interface ResponseSocketOptions {
    webSocket: WebSocket;
    /** The request for the WebSocket. */
    req: IncomingMessage;
    /** Who asks. */
    clientId: string;
    /** What the connection keeps to go on from. */
    responses: ResponseStore;
    /** Takes the requests. */
    server(): http.Server;
    /** As `maxBodyValues` now. */
    maxValues(): number;
    /** As `websocketMaxRequests` now. */
    maxRequests(): number;
}
/** One connection. */
export declare class ResponseSocket {
    #private;
    readonly clientId: string;
    constructor({ webSocket, req, clientId, responses, server, maxValues, maxRequests }: ResponseSocketOptions);
    tick({ isPinged, oldestUseMs, oldestPendingMs }: TickLimits): void;
    /** Bytes of messages that have not arrived whole, or wait for their turn. */
    get pendingBytes(): number;
    /** @returns `pendingBytes` */
    notePending(bytes: number): number;
    /** Its client has too much of messages under way. */
    refusePending(): void;
    /** Closes the connection when what is under way has ended. */
    drain(): void;
    cut(): void;
}
