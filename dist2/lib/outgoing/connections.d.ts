/** The connections of `node:http`, kept for the next request: those of sign-ins, lists and all that is passed through. */
import http from 'node:http';
import type { Duplex } from 'node:stream';
/** Most idle connections to one server. */
export declare const maxFreeSockets = 256;
export declare class ConnectionPool {
    #private;
    /** @param connectTimeoutMs for each step: the proxy, the server, TLS */
    constructor(connectTimeoutMs: number);
    /** For the next request: closes those of its connections that can no longer be used. */
    agentFor(origin: string): http.Agent;
    /** Milliseconds since a connection was kept for the next request; 0 for a new one. */
    idleMs(socket: Duplex): number;
    /** Closes what is idle: after one connection to a server has turned out to lead nowhere, the others are no better. */
    closeIdle(origin: string): void;
    close(): void;
}
