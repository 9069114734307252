/** Connections on which an answer is awaited, and which evidently lead nowhere since the machine slept or left its network. */
import type { Socket } from 'node:net';
import { ownAddresses } from './idle-time.ts';

/** How often the clock and the machine's addresses are looked at while anything is awaited. */
const lookEveryMs = 1_000;
/** A look may be this late because the event loop was busy. */
const toleranceMs = 5_000;

export class LostConnections {
  readonly #awaited = new Map<Socket, () => void>();
  #timer: NodeJS.Timeout | undefined;
  #lookedAtMs = 0;

  /** Calls back, once, when the connection is lost. @returns the function that ends the watch */
  watch(socket: Socket, onLost: () => void): () => void {
    this.#awaited.set(socket, onLost);
    if (!this.#timer) {
      this.#lookedAtMs = Date.now();
      this.#timer = setInterval(() => this.#look(), lookEveryMs).unref();
    }
    return () => this.#forget(socket);
  }

  #look(): void {
    if (this.#awaited.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    const nowMs = Date.now();
    const hasJumped = Math.abs(nowMs - this.#lookedAtMs - lookEveryMs) > toleranceMs;
    this.#lookedAtMs = nowMs;
    const addresses = ownAddresses();
    for (const [socket, onLost] of [...this.#awaited]) {
      const { localAddress } = socket;
      if (!hasJumped && (localAddress === undefined || addresses.has(localAddress))) continue;
      this.#forget(socket);
      onLost();
    }
  }

  #forget(socket: Socket): void {
    this.#awaited.delete(socket);
  }
}
