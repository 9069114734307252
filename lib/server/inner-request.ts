/** A request that the server makes to itself for a client, on a connection inside the process: it takes the whole chain. */
import http, { type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { type Duplex, duplexPair } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { HttpExchange } from '../chain/exchange.ts';

/**
 * Headers of the client's own connection (RFC 9110 §7.6.1, https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1): the inner
 * request must not repeat them.
 */
const connectionHeaders = /^(connection|upgrade|keep-alive|proxy-connection|te|trailer|transfer-encoding|expect)$/;

/** What the server reads of a client's connection. */
const connectionFacts = [
  'remoteAddress',
  'remotePort',
  'remoteFamily',
  'localAddress',
  'localPort',
  'encrypted',
] as const;

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

/** By the server's end of the connection, which no client can have. */
const origins = new WeakMap<Duplex, InnerOrigin>();

/** Undefined for a request that came from outside. */
export function innerOriginOf({ socket }: Pick<IncomingMessage, 'socket'>): InnerOrigin | undefined {
  return origins.get(socket);
}

/** Begins the request; its body is the caller's to write. Destroying it lets go of whatever it has under way. */
export function openInnerRequest(options: InnerRequestOptions): http.ClientRequest {
  const { server, connection, method = 'POST', path, headers, origin = {}, onConnection } = options;
  const [near, far] = duplexPair();
  // Copied now: a socket knows them no more when its client has left.
  for (const name of connectionFacts) Object.defineProperty(far, name, { value: (connection as TLSSocket)[name] });
  // With a write under way, the end of one side would leave the other open.
  near.once('close', () => far.destroy());
  origins.set(far, origin);
  onConnection?.(far);
  server.emit('connection', far);
  return http.request({ createConnection: () => near as never, method, path, headers });
}

/** The headers of a request that its inner request repeats. @param isLeftOut further ones that it must not */
export function innerHeaders(headers: IncomingHttpHeaders, isLeftOut: RegExp): IncomingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !connectionHeaders.test(name) && !isLeftOut.test(name)),
  );
}

/** Of the inner answer's connection. */
const innerOnly = /^(connection|keep-alive|transfer-encoding)$/;

/** The headers of an inner answer that the client is given. */
export function answerHeaders({ headers }: IncomingMessage): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !innerOnly.test(name)));
}
