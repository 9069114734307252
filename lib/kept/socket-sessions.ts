/** What a WebSocket connection adds to each of its requests. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ResponseStore } from './response-store.ts';

export interface SocketSession {
  /** The answers of this connection that nothing else keeps. */
  readonly responses: ResponseStore;
  /** Aborted: the request's answer is to end at the next boundary between its items, as new input has come. */
  readonly earlyEnd: AbortSignal;
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
