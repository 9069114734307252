/**
 * The connections of undici, one request at a time on each, kept for the next. Its `dispatch` takes a quarter of the time of
 * `node:http`: 60 instead of 250 µs for a request whose answer has 50 events (measured 2026-11, Node 24).
 */
import type { Socket } from 'node:net';
import Client from 'undici/lib/dispatcher/client.js';
/** A connection to a server, and the client that speaks HTTP/1.1 on it. */
export declare class ClientConnection {
    readonly origin: string;
    readonly socket: Socket;
    readonly client: Client;
    /** When it was kept; undefined for a new one. */
    idleSinceMs: number | undefined;
    constructor(origin: string, socket: Socket);
    /** Milliseconds since it was kept for the next request; undefined for a new one. */
    get idleMs(): number | undefined;
}
export declare class ClientPool {
    #private;
    /** @param connectTimeoutMs for each step: the proxy, the server, TLS */
    constructor(connectTimeoutMs: number);
    /** An idle connection that can still be used. */
    take(origin: string): ClientConnection | undefined;
    /** @throws ProxyError, and the errors of the network; ETIMEDOUT */
    open(origin: string): Promise<ClientConnection>;
    /** Keeps a connection on which nothing is awaited. */
    keep(connection: ClientConnection): void;
    /** Closes what is idle: after one connection to a server has turned out to lead nowhere, the others are no better. */
    closeIdle(origin: string): void;
    close(): void;
}
