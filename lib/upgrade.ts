/** Requests that ask to go on as something else than HTTP (RFC 9110, 7.8): WebSockets are offered to the routes, the rest stays HTTP. */
import http, { type IncomingMessage, type RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';

export interface Upgrade {
  readonly socket: Duplex;
  /** What the client has sent already behind its request. */
  readonly head: Buffer;
}

const offered = new WeakMap<IncomingMessage, Upgrade>();

/** Undefined for a plain request. */
export function upgradeOf(req: IncomingMessage): Upgrade | undefined {
  return offered.get(req);
}

/** Sends requests for a WebSocket through the application, like any other request. */
export function serveUpgrades(server: http.Server, app: RequestListener): void {
  server.on('upgrade', (req, socket, head) => {
    // A client that leaves in the middle is no fault of the process.
    socket.on('error', () => socket.destroy());
    if (req.method !== 'GET' || req.headers.upgrade?.toLowerCase() !== 'websocket') {
      stayHttp(server, req, socket, head);
      return;
    }
    offered.set(req, { socket, head });
    const res = new http.ServerResponse(req);
    res.shouldKeepAlive = false;
    res.assignSocket(socket as never);
    res.once('finish', () => socket.end());
    app(req, res);
  });
}

/** Some HTTP clients offer HTTP/2 with every request (`Upgrade: h2c`): declined by answering in HTTP/1.1, as the RFC has it. */
function stayHttp(server: http.Server, req: IncomingMessage, socket: Duplex, head: Buffer): void {
  const lines = [`${req.method} ${req.url} HTTP/${req.httpVersion}`];
  for (let index = 0; index < req.rawHeaders.length; index += 2) {
    const name = req.rawHeaders[index]!;
    if (/^(upgrade|connection|http2-settings)$/i.test(name)) continue;
    lines.push(`${name}: ${req.rawHeaders[index + 1]}`);
  }
  // Node gives header bytes as latin1, and this gives them back.
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}
