/**
 * Upgrade requests (RFC 9110 §7.8, https://www.rfc-editor.org/rfc/rfc9110#section-7.8): the routes may accept a WebSocket; any
 * other upgrade is declined by an answer over HTTP.
 */
import http, { type IncomingMessage, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Connections } from './connections.ts';

export interface Upgrade {
  readonly socket: Duplex;
  /** Bytes that the client has already sent after its request. */
  readonly head: Buffer;
}

const offered = new WeakMap<IncomingMessage, Upgrade>();

/** Undefined for a plain request. */
export function upgradeOf(req: IncomingMessage): Upgrade | undefined {
  return offered.get(req);
}

/** Connections with an upgrade request: Node stops counting them among the server's. */
export interface UpgradedConnections {
  cut(): void;
}

/** Sends requests for a WebSocket through the application, like any other request. */
export function serveUpgrades(
  server: http.Server,
  app: RequestListener,
  connections: Connections,
): UpgradedConnections {
  const open = new Set<Duplex>();

  function answer(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    offered.set(req, { socket, head });
    const res = new http.ServerResponse(req);
    res.shouldKeepAlive = false;
    res.assignSocket(socket as never);
    res.once('finish', () => socket.end(() => socket.destroy()));
    app(req, res);
  }

  server.on('upgrade', (req, socket, head) => {
    // Some clients repeat the upgrade with each request of a connection.
    if (!open.has(socket)) {
      open.add(socket);
      socket.once('close', () => open.delete(socket));
      // A client that leaves in the middle must not end the process.
      socket.on('error', () => socket.destroy());
    }
    whenFree(connections, socket, () => {
      if (socket.destroyed) return;
      if (req.method === 'GET' && req.headers.upgrade?.toLowerCase() === 'websocket') answer(req, socket, head);
      else stayHttp(server, req, socket, head);
    });
  });

  return {
    cut() {
      for (const socket of open) socket.destroy();
    },
  };
}

/**
 * Node hands an upgrade over at once, even if the client pipelined it behind an unanswered request (RFC 9112 §9.3.2,
 * https://www.rfc-editor.org/rfc/rfc9112#section-9.3.2): it has to wait for its turn.
 */
function whenFree(connections: Connections, socket: Duplex, task: () => void): void {
  const [first] = connections.answersOn(socket);
  if (!first) {
    task();
    return;
  }
  first.once('close', () => {
    // Without this, Node would take the connection for idle.
    (socket as Socket).setTimeout(0);
    whenFree(connections, socket, task);
  });
}

/**
 * Some HTTP clients offer HTTP/2 with every request (`Upgrade: h2c`): declined by an answer in HTTP/1.1, as RFC 9110 §7.8
 * allows.
 */
function stayHttp(server: http.Server, req: IncomingMessage, socket: Duplex, head: Buffer): void {
  const lines = [`${req.method} ${req.url} HTTP/${req.httpVersion}`];
  for (let index = 0; index < req.rawHeaders.length; index += 2) {
    const name = req.rawHeaders[index]!;
    if (/^(upgrade|connection|http2-settings)$/i.test(name)) continue;
    lines.push(`${name}: ${req.rawHeaders[index + 1]}`);
  }
  // Node decodes header bytes as latin1; this restores the bytes.
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}
