/** Addresses that guess client keys: after some wrong ones a minute, their keys are not looked at any more for a while. */

/** Addresses that are remembered; the one that was seen the longest ago is forgotten first. */
const maxAddresses = 10_000;

interface Guesser {
  wrong: number;
  /** On the clock of `now`. */
  sinceMs: number;
  /** Ids of the right keys that have come from here: whoever has one goes on with it. */
  readonly rightKeys: Set<string>;
}

export interface WrongKeysOptions {
  /** Wrong keys in a window. */
  limit: number;
  windowMs: number;
  /** Milliseconds. */
  now?: () => number;
}

export class WrongKeys {
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #now: () => number;
  readonly #guessers = new Map<string, Guesser>();

  constructor({ limit, windowMs, now = Date.now }: WrongKeysOptions) {
    this.#limit = limit;
    this.#windowMs = windowMs;
    this.#now = now;
  }

  /**
   * Takes note of a key that an address has presented.
   * @param keyId of the right key; undefined for a wrong one
   * @returns milliseconds for which this address's keys are refused, this one too; 0 = none
   */
  note(address: string, keyId: string | undefined): number {
    const known = this.#guessers.get(address);
    if (keyId !== undefined && (!known || known.rightKeys.has(keyId))) {
      if (!known) this.#remember(address, keyId);
      return 0;
    }
    const guesser = known ?? this.#remember(address);
    const nowMs = this.#now();
    if (nowMs - guesser.sinceMs >= this.#windowMs || nowMs < guesser.sinceMs) {
      guesser.wrong = 0;
      guesser.sinceMs = nowMs;
    }
    const isRefused = guesser.wrong >= this.#limit;
    if (!isRefused && keyId !== undefined) guesser.rightKeys.add(keyId);
    if (keyId === undefined) guesser.wrong += 1;
    return isRefused ? guesser.sinceMs + this.#windowMs - nowMs : 0;
  }

  #remember(address: string, keyId?: string): Guesser {
    if (this.#guessers.size >= maxAddresses) this.#guessers.delete(this.#guessers.keys().next().value!);
    const guesser: Guesser = { wrong: 0, sinceMs: this.#now(), rightKeys: new Set(keyId === undefined ? [] : [keyId]) };
    this.#guessers.set(address, guesser);
    return guesser;
  }
}
