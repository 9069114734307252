import type { HttpExchange } from '../chain/exchange.ts';
import type { Config } from '../config/schema.ts';
import type { Unschedule } from '../scheduler.ts';
import { watchAliases } from './alias-notices.ts';
import type { LastingParts } from './lasting-parts.ts';
import type { Snapshot } from './snapshot.ts';

/** The snapshot on which requests begin, and those before it on which some still run. */
export class Snapshots {
  readonly #parts: Pick<LastingParts, 'log' | 'availability' | 'quotas' | 'scheduler'>;
  readonly #open: Set<Snapshot>;
  readonly #toldAliases = new Set<string>();
  #current: Snapshot;
  #endNotices: Unschedule | undefined;

  constructor(first: Snapshot, parts: Pick<LastingParts, 'log' | 'availability' | 'quotas' | 'scheduler'>) {
    this.#parts = parts;
    this.#current = first;
    this.#open = new Set([first]);
  }

  get current(): Snapshot {
    return this.#current;
  }

  get config(): Config {
    return this.#current.services.config;
  }

  /** Every exchange that runs. */
  *live(): Iterable<HttpExchange> {
    for (const { live } of this.#open) yield* live;
  }

  /** Lets requests begin on the next one. The one before is closed when its last exchange has ended. */
  take(next: Snapshot): void {
    const before = this.#current;
    this.#current = next;
    this.#open.add(next);
    for (const provider of before.services.providers) {
      if (next.services.providers.includes(provider)) continue;
      this.#parts.availability.forget(provider.name);
      this.#parts.quotas.forget(provider.name);
    }
    this.watchAliases();
    void before.retire().then(() => this.#open.delete(before));
  }

  /** Says what is odd about the current aliases, now and as the lists of models come. */
  watchAliases(): void {
    const { log, scheduler } = this.#parts;
    void this.#endNotices?.();
    const { config, providers } = this.#current.services;
    this.#endNotices = watchAliases({ config, providers, log, scheduler, told: this.#toldAliases });
  }

  /** Closes them all. */
  async close(): Promise<void> {
    await Promise.all([...this.#open].map((snapshot) => snapshot.close()));
  }
}
