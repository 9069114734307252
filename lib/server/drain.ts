import type http from 'node:http';
import net from 'node:net';
import type { HttpExchange } from '../chain/exchange.ts';
import type { Config } from '../config/schema.ts';
import { OpenCompatError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { ServerState } from './route.ts';
import type { ResponseSockets } from './sockets.ts';
import type { UpgradedConnections } from './upgrades.ts';

/**
 * Connections without a request are kept for this long when the server stops, and a request on one is the last: a reverse
 * proxy that is just sending one would otherwise meet a closed door, and may not knock at another with a POST.
 */
const idleLingerMs = 1_000;
/** How often connections are looked for on which the last answer has ended. */
const sweepMs = 100;
/** What does not end even after its exchange was ended (a client that stopped reading) is cut after this time. */
const cutMs = 1_000;

export interface DrainOptions {
  server: http.Server;
  config: Pick<Config, 'shutdownGrace'>;
  log: Logger;
  state: ServerState;
  live: ReadonlySet<HttpExchange>;
  sockets: ResponseSockets;
  upgraded: UpgradedConnections;
}

/**
 * Gives what ends a server: nothing new is taken, exchanges may finish within `shutdownGrace`, the others are ended with an
 * error, and connections on which no request is running are closed.
 */
export function createDrain({ server, config, log, state, live, sockets, upgraded }: DrainOptions) {
  const graceMs = config.shutdownGrace * 1000;
  const lingerMs = Math.min(idleLingerMs, graceMs);
  const waiting = watchWaiting(server);

  function closeWaiting(): void {
    server.closeIdleConnections();
    for (const socket of waiting) socket.destroy();
  }

  function endExchanges(): void {
    for (const exchange of live) exchange.abort(new OpenCompatError('OC_SHUTTING_DOWN'));
    setTimeout(() => {
      sockets.close();
      upgraded.cut();
      server.closeAllConnections();
    }, cutMs).unref();
  }

  return async function drain(): Promise<void> {
    state.isDraining = true;
    // Not HTTP's own, which closes idle connections at once.
    const closed = new Promise<void>((resolve) => net.Server.prototype.close.call(server, () => resolve()));
    sockets.drain();
    if (lingerMs === 0) closeWaiting();
    let sweep: NodeJS.Timeout | undefined;
    const linger = setTimeout(() => {
      closeWaiting();
      // A connection whose last answer has ended would otherwise be kept alive for the next request.
      sweep = setInterval(closeWaiting, sweepMs);
    }, lingerMs);
    if (live.size > 0) log.info('waiting for running requests', { requests: live.size, grace_s: config.shutdownGrace });
    const grace = setTimeout(endExchanges, graceMs);
    await closed;
    clearTimeout(linger);
    clearInterval(sweep);
    clearTimeout(grace);
  };
}

/**
 * Connections whose first request has not come: browsers open them ahead of need, and health checks of load balancers send
 * nothing at all. Node counts them among the busy ones, as it does those with half a head.
 */
function watchWaiting(server: http.Server): ReadonlySet<net.Socket> {
  const waiting = new Set<net.Socket>();
  const leave = (socket: net.Socket) => waiting.delete(socket);
  server.on('connection', (socket: net.Socket) => {
    waiting.add(socket);
    socket.once('close', () => leave(socket));
  });
  server.prependListener('request', ({ socket }) => leave(socket));
  server.prependListener('upgrade', ({ socket }) => leave(socket));
  return waiting;
}
