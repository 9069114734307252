/** The requests of one WebSocket connection: those of a lane (`stream_id`) one after the other, lanes side by side. */
import { OpenCompatError } from '../errors.ts';
import type { SocketTurn } from './socket-turn.ts';

interface Lane {
  turn: SocketTurn;
  /** Messages whose turn has not come, the oldest first. */
  readonly waiting: string[];
}

export interface LaneOptions {
  /** As `websocketMaxRequests` now. */
  maxRequests(): number;
  /** Begins the answer to a message. */
  start(body: string, lane: string | undefined, onEnd: () => void): SocketTurn;
  /** The last request that was under way has ended. */
  onIdle(): void;
}

export class SocketLanes {
  readonly #options: LaneOptions;
  readonly #lanes = new Map<string | undefined, Lane>();
  /** Of the messages that wait. */
  waitingBytes = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  get isIdle(): boolean {
    return this.#lanes.size === 0;
  }

  /**
   * Answers the message when those before it in its lane have been answered. Messages without a lane do not wait.
   * @throws OpenCompatError OC_SOCKET_BUSY, OC_SOCKET_FULL
   */
  add(body: string, name: string | undefined): void {
    const lane = this.#lanes.get(name);
    if (lane && name === undefined) throw new OpenCompatError('OC_SOCKET_BUSY');
    const limit = this.#options.maxRequests();
    if (this.#count() >= limit) throw new OpenCompatError('OC_SOCKET_FULL', { limit });
    if (lane) {
      lane.waiting.push(body);
      this.waitingBytes += body.length;
    } else this.#lanes.set(name, { turn: this.#start(body, name), waiting: [] });
  }

  /** Takes out all that wait. @returns the lane of each */
  clear(): string[] {
    this.waitingBytes = 0;
    return [...this.#lanes].flatMap(([name, { waiting }]) => waiting.splice(0).map(() => String(name)));
  }

  cut(): void {
    this.clear();
    for (const { turn } of this.#lanes.values()) turn.cut();
  }

  #count(): number {
    let count = this.#lanes.size;
    for (const { waiting } of this.#lanes.values()) count += waiting.length;
    return count;
  }

  #start(body: string, name: string | undefined): SocketTurn {
    return this.#options.start(body, name, () => this.#goOn(name));
  }

  #goOn(name: string | undefined): void {
    const lane = this.#lanes.get(name);
    const body = lane?.waiting.shift();
    if (lane && body !== undefined) {
      this.waitingBytes -= body.length;
      lane.turn = this.#start(body, name);
      return;
    }
    this.#lanes.delete(name);
    if (this.isIdle) this.#options.onIdle();
  }
}
