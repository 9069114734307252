import type http from 'node:http';
import net from 'node:net';
import { OpenCompatError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { BackgroundAnswers } from './background.ts';
import type { ResumableStreams } from './resumable.ts';
import type { ServerState } from './route.ts';
import type { Snapshots } from './snapshots.ts';
import type { ResponseSockets } from './sockets.ts';
import type { UpgradedConnections } from './upgrades.ts';

/**
 * When the server stops, connections without a request are kept for this long, for one last request each: a reverse proxy that
 * is just sending a request would find the connection closed, and must not send a POST again elsewhere.
 */
const idleLingerMs = 1_000;
/** How often connections are checked for the end of their last answer. */
const sweepMs = 100;
/** Time after which a connection is cut that stays open although its exchange was ended (its client stopped reading). */
const cutMs = 1_000;

export interface DrainOptions {
  server: http.Server;
  snapshots: Pick<Snapshots, 'live' | 'config'>;
  log: Logger;
  state: ServerState;
  sockets: ResponseSockets;
  resumable: ResumableStreams;
  background: BackgroundAnswers;
  upgraded: UpgradedConnections;
}

/**
 * Returns the function that drains a server: it takes no new connections, exchanges may finish within `shutdownGrace`, later
 * ones end with an error, and connections without a running request are closed.
 */
export function createDrain(options: DrainOptions) {
  const { server, snapshots, log, state, sockets, resumable, background, upgraded } = options;
  const waiting = watchWaiting(server);

  function closeWaiting(): void {
    server.closeIdleConnections();
    for (const socket of waiting) socket.destroy();
  }

  function endExchanges(): void {
    for (const exchange of snapshots.live()) exchange.abort(new OpenCompatError('OC_SHUTTING_DOWN'));
    setTimeout(() => {
      sockets.close();
      upgraded.cut();
      background.close();
      server.closeAllConnections();
    }, cutMs).unref();
  }

  return async function drain(): Promise<void> {
    state.isDraining = true;
    const { shutdownGrace } = snapshots.config;
    const graceMs = shutdownGrace * 1000;
    const lingerMs = Math.min(idleLingerMs, graceMs);
    // `http.Server`'s own `close` would close idle connections at once.
    const closed = new Promise<void>((resolve) => net.Server.prototype.close.call(server, () => resolve()));
    sockets.drain();
    resumable.drain();
    background.drain();
    if (lingerMs === 0) closeWaiting();
    let sweep: NodeJS.Timeout | undefined;
    const linger = setTimeout(() => {
      closeWaiting();
      // Keeps a connection from being kept alive after its last answer.
      sweep = setInterval(closeWaiting, sweepMs);
    }, lingerMs);
    const requests = [...snapshots.live()].length;
    if (requests > 0) log.info('waiting for running requests', { requests, grace_s: shutdownGrace });
    const grace = setTimeout(endExchanges, graceMs);
    await Promise.all([closed, background.settled()]);
    await resumable.close();
    clearTimeout(linger);
    clearInterval(sweep);
    clearTimeout(grace);
  };
}

/**
 * Connections still without a request: browsers open some in advance, and health checks of load balancers never send any. Node
 * counts them as busy, like those with half a head.
 */
function watchWaiting(server: http.Server): ReadonlySet<net.Socket> {
  const waiting = new Set<net.Socket>();
  const known = new WeakSet<net.Socket>();
  const leave = (socket: net.Socket) => waiting.delete(socket);
  server.on('connection', (socket: net.Socket) => {
    // A connection whose upgrade was declined is announced again.
    if (known.has(socket)) return;
    known.add(socket);
    waiting.add(socket);
    socket.once('close', () => leave(socket));
  });
  server.prependListener('request', ({ socket }) => leave(socket));
  server.prependListener('upgrade', ({ socket }) => leave(socket));
  return waiting;
}
