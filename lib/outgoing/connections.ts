/** The connections of `node:http`, kept for the next request: those of sign-ins, lists and all that is passed through. */
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { openConnection } from './connect.ts';
import { isUseless, lookEveryMs } from './idle-time.ts';

/** Most idle connections to one server. */
export const maxFreeSockets = 256;

/** Without a limit of sockets, because every client connection may need one. */
const agentOptions: http.AgentOptions = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, maxFreeSockets };

export class ConnectionPool {
  readonly #connectTimeoutMs: number;
  /** One agent per origin; origins come from the configuration and from providers, never from clients. */
  readonly #agents = new Map<string, http.Agent>();
  readonly #idleSinceMs = new WeakMap<Duplex, number>();
  readonly #lookedAtMs = new WeakMap<http.Agent, number>();

  /** @param connectTimeoutMs for each step: the proxy, the server, TLS */
  constructor(connectTimeoutMs: number) {
    this.#connectTimeoutMs = connectTimeoutMs;
  }

  /** For the next request: closes those of its connections that can no longer be used. */
  agentFor(origin: string): http.Agent {
    let agent = this.#agents.get(origin);
    if (!agent) {
      agent = this.#createAgent(new URL(origin));
      this.#agents.set(origin, agent);
    }
    this.#closeUseless(agent);
    return agent;
  }

  /** Milliseconds since a connection was kept for the next request; 0 for a new one. */
  idleMs(socket: Duplex): number {
    const sinceMs = this.#idleSinceMs.get(socket);
    return sinceMs === undefined ? 0 : Date.now() - sinceMs;
  }

  /** Closes what is idle: after one connection to a server has turned out to lead nowhere, the others are no better. */
  closeIdle(origin: string): void {
    for (const socket of freeSocketsOf(this.#agents.get(origin))) socket.destroy();
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }

  #createAgent(origin: URL): http.Agent {
    const agent = origin.protocol === 'https:' ? new https.Agent(agentOptions) : new http.Agent(agentOptions);
    agent.createConnection = (_options, done) => {
      openConnection(origin, this.#connectTimeoutMs).then(
        (socket) => done?.(null, socket),
        (error: Error) => done?.(error, undefined as never),
      );
      return undefined;
    };
    const keep = agent.keepSocketAlive.bind(agent);
    agent.keepSocketAlive = (socket) => {
      this.#idleSinceMs.set(socket, Date.now());
      return keep(socket);
    };
    return agent;
  }

  #closeUseless(agent: http.Agent): void {
    const nowMs = Date.now();
    if (Math.abs(nowMs - (this.#lookedAtMs.get(agent) ?? 0)) < lookEveryMs) return;
    this.#lookedAtMs.set(agent, nowMs);
    for (const socket of freeSocketsOf(agent)) {
      const idleMs = nowMs - (this.#idleSinceMs.get(socket) ?? nowMs);
      if (isUseless(socket, idleMs)) socket.destroy();
    }
  }
}

function freeSocketsOf(agent: http.Agent | undefined): Socket[] {
  return Object.values(agent?.freeSockets ?? {}).flatMap((sockets) => sockets ?? []);
}
