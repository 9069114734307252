/**
 * The Responses API over WebSockets: each `response.create` is a request of its own through the whole chain (POST
 * /v1/responses, on a connection inside the process), each event of its stream a text frame.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Config } from '../config/schema.ts';
import type { Logger } from '../log.ts';
export interface ResponseSockets {
    /**
     * Takes over the connection of a request for a WebSocket.
     * @param clientId who asks: each has a share of the connections
     * @throws OpenCompatError for any other request, and when the limit of connections is reached
     */
    accept(req: IncomingMessage, res: ServerResponse, clientId: string): void;
    /** Closes idle connections now, and busy ones when their answer has ended. */
    drain(): void;
    /** Cuts all remaining connections. */
    close(): void;
}
export interface ResponseSocketsOptions {
    /** The one in use now. */
    config(): Pick<Config, 'keepaliveInterval' | 'maxBodyBytes' | 'maxBodyValues' | 'responsesMaxEntries' | 'websocketIdleTimeout' | 'requestTimeout' | 'websocketMaxConnections' | 'websocketMaxConnectionsPerClient' | 'websocketMaxKeptBytes' | 'websocketMaxPendingBytes' | 'websocketMaxRequests'>;
    log: Logger;
    /** Takes the requests: a server with the application on it. */
    server(): Server;
}
export declare function createResponseSockets(options: ResponseSocketsOptions): ResponseSockets;
