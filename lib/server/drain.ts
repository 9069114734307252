import type http from 'node:http';
import net from 'node:net';
import { OpenCompatError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { BackgroundAnswers } from './background.ts';
import type { Connections } from './connections.ts';
import type { HttpServer } from './http-server.ts';
import type { ResumableStreams } from './resumable.ts';
import type { ServerState } from './route.ts';
import type { Snapshots } from './snapshots.ts';
import type { ResponseSockets } from './sockets.ts';

/**
 * When the server stops, connections without a request are kept for this long, for one last request each: a reverse proxy that
 * is just sending a request would find the connection closed, and must not send a POST again elsewhere.
 */
const idleLingerMs = 1_000;
/** How often connections are checked for the end of their last answer. */
const sweepMs = 100;
/** A body of which nothing comes for so long is not waited for. */
const stallMs = 1_000;
/** Time after which a connection is cut that stays open although its exchange was ended (its client stopped reading). */
const cutMs = 1_000;

export interface DrainOptions extends Pick<HttpServer, 'server' | 'connections' | 'answer' | 'upgraded'> {
  snapshots: Pick<Snapshots, 'live' | 'config'>;
  log: Logger;
  state: ServerState;
  sockets: ResponseSockets;
  resumable: ResumableStreams;
  background: BackgroundAnswers;
}

/**
 * Returns the function that drains a server: it takes no new connections, exchanges may finish within `shutdownGrace`, later
 * ones end with an error, and connections without a running request are closed. A request whose body does not come is refused.
 */
export function createDrain(options: DrainOptions) {
  const { server, connections, answer, snapshots, log, state, sockets, resumable, background, upgraded } = options;

  function closeWaiting(): void {
    for (const socket of connections.waiting) socket.destroy();
  }

  function refuse(res: http.ServerResponse): void {
    answer(new OpenCompatError('OC_SHUTTING_DOWN'), res.req, res);
  }

  function endExchanges(): void {
    for (const exchange of snapshots.live()) exchange.abort(new OpenCompatError('OC_SHUTTING_DOWN'));
    for (const res of connections.answers()) if (!res.req.complete) refuse(res);
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
    const look = setInterval(watchBodies(connections, refuse), stallMs);
    const requests = [...snapshots.live()].length;
    if (requests > 0) log.info('waiting for running requests', { requests, grace_s: shutdownGrace });
    const grace = setTimeout(endExchanges, graceMs);
    await Promise.all([closed, background.settled()]);
    await resumable.close();
    clearTimeout(linger);
    clearInterval(sweep);
    clearInterval(look);
    clearTimeout(grace);
  };
}

/**
 * Looks at the bodies that have not come whole, at one call after the other.
 * @param onStalled called with the answers of those of which nothing has come since the call before, though it would be read
 */
function watchBodies(connections: Connections, onStalled: (answer: http.ServerResponse) => void): () => void {
  const seen = new WeakMap<http.ServerResponse, number>();
  return () => {
    for (const answer of connections.answers()) {
      const { complete, readableFlowing, readableLength, socket } = answer.req;
      if (complete || readableFlowing === false || readableLength > 0) continue;
      if (seen.get(answer) === socket.bytesRead) onStalled(answer);
      else seen.set(answer, socket.bytesRead);
    }
  };
}
