/** The requests of one WebSocket connection: those of a lane (`stream_id`) one after the other, lanes side by side. */
import { OpenCompatError } from '../errors.ts';
import type { LaneMessage } from './socket-message.ts';
import type { SocketTurn } from './socket-turn.ts';

interface Lane {
  turn: SocketTurn;
  /** Messages whose turn has not come, the oldest first. */
  readonly waiting: LaneMessage[];
}

export interface LaneOptions {
  /** As `websocketMaxRequests` now. */
  maxRequests(): number;
  /** Begins the answer to a message. */
  start(message: LaneMessage, lane: string | undefined, onEnd: () => void): SocketTurn;
  /**
   * The answer has ended. It may put something else in the place of a message that waits.
   * @returns what comes before them
   */
  follow(turn: SocketTurn, waiting: LaneMessage[]): LaneMessage | undefined;
  /** The last request that was under way has ended. */
  onIdle(): void;
}

export class SocketLanes {
  readonly #options: LaneOptions;
  readonly #lanes = new Map<string | undefined, Lane>();

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  get isIdle(): boolean {
    return this.#lanes.size === 0;
  }

  /** The answers that are under way. */
  get turns(): SocketTurn[] {
    return [...this.#lanes.values()].map(({ turn }) => turn);
  }

  /** Of the messages that wait. */
  get waitingBytes(): number {
    let bytes = 0;
    for (const { waiting } of this.#lanes.values()) for (const { body } of waiting) bytes += body.length;
    return bytes;
  }

  /**
   * Answers the message when those before it in its lane have been answered. Messages without a lane do not wait.
   * @throws OpenCompatError OC_SOCKET_BUSY, OC_SOCKET_FULL
   */
  add(message: LaneMessage, name: string | undefined): void {
    const lane = this.#lanes.get(name);
    if (lane && name === undefined) throw new OpenCompatError('OC_SOCKET_BUSY');
    const limit = this.#options.maxRequests();
    if (this.#count() >= limit) throw new OpenCompatError('OC_SOCKET_FULL', { limit });
    if (lane) lane.waiting.push(message);
    else this.#lanes.set(name, { turn: this.#start(message, name), waiting: [] });
  }

  /** Takes out all that wait. */
  clear(): { lane: string; message: LaneMessage }[] {
    return [...this.#lanes].flatMap(([name, { waiting }]) =>
      waiting.splice(0).map((message) => ({ lane: String(name), message })),
    );
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

  #start(message: LaneMessage, name: string | undefined): SocketTurn {
    return this.#options.start(message, name, () => this.#goOn(name));
  }

  #goOn(name: string | undefined): void {
    const lane = this.#lanes.get(name);
    const message = lane && (this.#options.follow(lane.turn, lane.waiting) ?? lane.waiting.shift());
    if (message) {
      lane.turn = this.#start(message, name);
      return;
    }
    this.#lanes.delete(name);
    if (this.isIdle) this.#options.onIdle();
  }
}
