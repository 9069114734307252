/** A request that the server makes to itself for a client, on a connection inside the process: it takes the whole chain. */
import http, { type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { type Duplex } from 'node:stream';
import type { HttpExchange } from '../chain/exchange.ts';
/** What stands behind an inner request. */
export interface InnerOrigin {
    /** Called with the request as the server sees it, before its chain runs. */
    onRequest?(req: IncomingMessage): void;
    /** The request in whose place it goes on: its client has been let in, its body read. */
    readonly predecessor?: Predecessor;
}
export interface Predecessor {
    readonly exchange: HttpExchange;
    /** Called when nothing is left to be refused before the upstream is asked. */
    onAccepted(exchange: HttpExchange): void;
}
export interface InnerRequestOptions {
    /** Takes the request. */
    server: http.Server;
    /** The client's: limits, logs and what is for this machine alone go by its addresses, links by its TLS. */
    connection: Socket;
    method?: string;
    /** With its query. */
    path: string;
    headers: OutgoingHttpHeaders;
    origin?: InnerOrigin;
    /** Called with the server's end of the connection before the request begins. */
    onConnection?(stream: Duplex): void;
}
/** Undefined for a request that came from outside. */
export declare function innerOriginOf({ socket }: Pick<IncomingMessage, 'socket'>): InnerOrigin | undefined;
/** Begins the request; its body is the caller's to write. Destroying it lets go of whatever it has under way. */
export declare function openInnerRequest(options: InnerRequestOptions): http.ClientRequest;
/** The headers of a request that its inner request repeats. @param isLeftOut further ones that it must not */
export declare function innerHeaders(headers: IncomingHttpHeaders, isLeftOut: RegExp): IncomingHttpHeaders;
/** The headers of an inner answer that the client is given. */
export declare function answerHeaders({ headers }: IncomingMessage): OutgoingHttpHeaders;
