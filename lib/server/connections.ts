import type http from 'node:http';
import type { Duplex } from 'node:stream';

const none: ReadonlySet<http.ServerResponse> = new Set();

/** What is under way on the connections of a server. Node tells less: to it, half a head is a request. */
export class Connections {
  readonly #waiting = new Set<Duplex>();
  readonly #answers = new Map<Duplex, Set<http.ServerResponse>>();
  readonly #known = new WeakSet<Duplex>();
  readonly #upgraded = new WeakSet<Duplex>();

  constructor(server: http.Server) {
    server.on('connection', (socket: Duplex) => this.#noteConnection(socket));
    server.prependListener('request', (_req, res) => this.#noteRequest(res));
    server.prependListener('upgrade', ({ socket }) => {
      this.#upgraded.add(socket);
      this.#waiting.delete(socket);
    });
  }

  /**
   * Connections without a request: browsers open some in advance, health checks of load balancers never send any, and clients
   * keep theirs behind an answer.
   */
  get waiting(): Iterable<Duplex> {
    return this.#waiting;
  }

  /** All answers that are not at their end. */
  *answers(): Iterable<http.ServerResponse> {
    for (const answers of this.#answers.values()) yield* answers;
  }

  /** Those of one connection, the first asked for first. */
  answersOn(socket: Duplex): ReadonlySet<http.ServerResponse> {
    return this.#answers.get(socket) ?? none;
  }

  #noteConnection(socket: Duplex): void {
    // A connection whose upgrade was declined is announced again: its request follows.
    this.#upgraded.delete(socket);
    if (this.#known.has(socket)) return;
    this.#known.add(socket);
    this.#waiting.add(socket);
    socket.once('close', () => this.#waiting.delete(socket));
  }

  #noteRequest(res: http.ServerResponse): void {
    const { socket } = res.req;
    const answers = this.#answers.get(socket) ?? new Set();
    this.#answers.set(socket, answers.add(res));
    this.#waiting.delete(socket);
    res.once('close', () => {
      answers.delete(res);
      if (answers.size > 0) return;
      this.#answers.delete(socket);
      if (!socket.destroyed && !this.#upgraded.has(socket)) this.#waiting.add(socket);
    });
  }
}
