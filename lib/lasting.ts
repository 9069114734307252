/**
 * What outlives a reload of the configuration: counts, sign-ins, lists, connections. Each part is opened under a name and with
 * the facts that it depends on. Whoever asks for the same name with equal facts is given the same part, and the part is closed
 * when nobody who asked for it is left.
 */
import { fingerprint } from './fingerprint.ts';
import type { Logger } from './log.ts';

export interface Lasting {
  /**
   * The part of this name that has been opened with equal facts, else the one that `open` gives.
   * @param facts what the part depends on, as JSON has it: with other facts it is opened anew
   * @param close is called when the server stops, or no configuration in use has the part any more
   */
  open<T>(name: string, facts: unknown, open: () => T, close?: (part: Awaited<T>) => void | Promise<void>): T;
}

/** The parts of one owner, such as one configuration: closed together, but for those that somebody else uses too. */
export interface LastingScope extends Lasting {
  /** For an owner with an end of its own. */
  fork(): LastingScope;
  /** Closes the parts that nobody else uses, the last first. Failures are logged. */
  close(): Promise<void>;
}

interface Part {
  readonly key: string;
  readonly value: unknown;
  readonly close?: (value: never) => void | Promise<void>;
  users: number;
}

export function openLasting(log: Pick<Logger, 'error'>): LastingScope {
  return new Scope(new Map(), log);
}

/** Keeps the names of one owner from those of all others. */
export function withinLasting(lasting: Lasting, owner: string): Lasting {
  return { open: (name, ...rest) => lasting.open(`${owner}: ${name}`, ...rest) };
}

class Scope implements LastingScope {
  readonly #parts: Map<string, Part>;
  readonly #log: Pick<Logger, 'error'>;
  readonly #held = new Set<Part>();

  constructor(parts: Map<string, Part>, log: Pick<Logger, 'error'>) {
    this.#parts = parts;
    this.#log = log;
  }

  open<T>(name: string, facts: unknown, open: () => T, close?: (part: Awaited<T>) => void | Promise<void>): T {
    const key = `${name} ${fingerprint(facts)}`;
    const part = this.#parts.get(key) ?? this.#add({ key, value: open(), close, users: 0 });
    if (!this.#held.has(part)) part.users += 1;
    this.#held.add(part);
    return part.value as T;
  }

  #add(part: Part): Part {
    this.#parts.set(part.key, part);
    // What could not be opened is tried again by the next one who asks.
    if (part.value instanceof Promise) part.value.catch(() => this.#remove(part));
    return part;
  }

  #remove(part: Part): void {
    if (this.#parts.get(part.key) === part) this.#parts.delete(part.key);
  }

  fork(): LastingScope {
    return new Scope(this.#parts, this.#log);
  }

  async close(): Promise<void> {
    const held = [...this.#held].reverse();
    this.#held.clear();
    for (const part of held) {
      part.users -= 1;
      if (part.users > 0) continue;
      this.#remove(part);
      await this.#closePart(part);
    }
  }

  async #closePart({ key, value, close }: Part): Promise<void> {
    // What was never opened has nothing to close.
    const opened = await Promise.resolve(value).catch(() => undefined);
    if (opened === undefined) return;
    try {
      await close?.(opened as never);
    } catch (error) {
      this.#log.error('a part of the server failed to close', { part: key.slice(0, key.lastIndexOf(' ')), error });
    }
  }
}
