/** The connections to servers, kept for the next request. One pool serves requests, sign-ins, lists and all else. */
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Duplex } from 'node:stream';
import { connectTo, secure } from './connect.ts';
import { findProxy } from './proxies.ts';

/** Without a limit of sockets, because every client connection may need one. */
const agentOptions: http.AgentOptions = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, maxFreeSockets: 256 };

/** A connection that was idle for longer is not used: what lies in between may have forgotten it, or the machine slept. */
const maxIdleMs = 30_000;
/** After this time the machine's addresses are looked at: another network leaves connections that lead nowhere. */
const addressCheckMs = 1_000;
/** The idle connections are not looked at more often than this: under load there are many, and a request each time. */
const lookEveryMs = 250;

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
    const timeoutMs = this.#connectTimeoutMs;
    const agent = origin.protocol === 'https:' ? new https.Agent(agentOptions) : new http.Agent(agentOptions);
    // Node's own, which for https speaks TLS over the socket that it is given.
    const create = agent.createConnection.bind(agent);
    agent.createConnection = (options, done) => {
      const open = async (): Promise<Duplex> => {
        const socket = await connectTo(origin, findProxy(origin), timeoutMs);
        if (origin.protocol !== 'https:') return socket;
        return secure(() => create({ ...options, socket } as typeof options) as never, timeoutMs);
      };
      open().then(
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
    let addresses: ReadonlySet<string> | undefined;
    for (const socket of freeSocketsOf(agent)) {
      const idleMs = nowMs - (this.#idleSinceMs.get(socket) ?? nowMs);
      const isOld = idleMs > maxIdleMs || idleMs < 0;
      if (!isOld && idleMs < addressCheckMs) continue;
      addresses ??= ownAddresses();
      if (isOld || !addresses.has((socket as Socket).localAddress ?? '')) socket.destroy();
    }
  }
}

function freeSocketsOf(agent: http.Agent | undefined): Socket[] {
  return Object.values(agent?.freeSockets ?? {}).flatMap((sockets) => sockets ?? []);
}

/** Of this machine, now. */
export function ownAddresses(): ReadonlySet<string> {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  // A socket names IPv4 inside IPv6 where it listens on both; one that connects names what it is.
  return new Set(all.map(({ address }) => address));
}
