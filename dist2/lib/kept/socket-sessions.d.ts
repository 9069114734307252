/** The answers that a WebSocket connection keeps for its own requests. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ResponseStore } from './response-store.ts';
export interface SocketSession {
    /** The answers of this connection that nothing else keeps. */
    readonly responses: ResponseStore;
}
export declare function attachSession(stream: Duplex, session: SocketSession): void;
/** Undefined for a request that came over HTTP. */
export declare function sessionOf({ socket }: Pick<IncomingMessage, 'socket'>): SocketSession | undefined;
