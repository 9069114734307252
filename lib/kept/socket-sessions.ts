/** The answers that a WebSocket connection keeps for its own requests. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ResponseStore } from './response-store.ts';

export interface SocketSession {
  /** The answers of this connection that nothing else keeps. */
  readonly responses: ResponseStore;
}

/** By the stream that carries the connection's requests. */
const sessions = new WeakMap<Duplex, SocketSession>();

export function attachSession(stream: Duplex, session: SocketSession): void {
  sessions.set(stream, session);
}

/** Undefined for a request that came over HTTP. */
export function sessionOf({ socket }: Pick<IncomingMessage, 'socket'>): SocketSession | undefined {
  return sessions.get(socket);
}
