/** The quota of all providers, as far as their answers and their usage endpoints have told. */
import type { Quota } from '../canonical/quota.ts';
import type { Logger } from '../log.ts';
import type { Provider } from '../providers/provider.ts';
import { settleWithin } from '../settle-within.ts';
import type { RedisConnection } from '../storage/redis.ts';
import { isNews, type KnownQuota, type KnownWindow, merge, openWindows, toKnown } from './known-quota.ts';
import { QuotaFile, type QuotaStore, quotaPathOf, SharedQuota } from './quota-store.ts';

/** Providers are few, and come from the configuration; those of plugins may come and go. */
const maxProviders = 64;
/** Longest wait for the usage endpoints, in milliseconds. */
const lookLimitMs = 3_000;

export interface OpenQuota extends Pick<KnownQuota, 'planType' | 'credits' | 'seenAtMs'> {
  readonly windows: readonly KnownWindow[];
}

export interface QuotaBookOptions {
  dataDir: string;
  log: Logger;
  redis?: RedisConnection | undefined;
  /** Unix milliseconds. */
  now?: () => number;
}

export class QuotaBook {
  readonly #known = new Map<string, KnownQuota>();
  readonly #store: QuotaStore;
  readonly #log: Logger;
  readonly #now: () => number;
  /** When each provider was asked last. */
  readonly #askedAtMs = new Map<string, number>();

  constructor({ dataDir, log, redis, now = Date.now }: QuotaBookOptions) {
    this.#log = log;
    this.#now = now;
    if (redis) {
      this.#store = new SharedQuota(redis);
    } else {
      const file = new QuotaFile(quotaPathOf(dataDir), log);
      this.#store = file;
      for (const [name, quota] of file.kept) this.#known.set(name, quota);
    }
  }

  /** @param isWhole it tells all windows that there are */
  note(name: string, quota: Quota, isWhole = false): void {
    const before = this.#known.get(name);
    const told = toKnown(quota);
    const after = isWhole ? told : merge(before, told);
    this.#remember(name, after);
    if (isNews(before, after)) this.#store.write(name, after);
  }

  /** What is known of a provider's quota now; undefined where it tells nothing. */
  of(name: string): OpenQuota | undefined {
    const known = this.#known.get(name);
    if (!known) return undefined;
    return { ...known, windows: openWindows(known, this.#now()) };
  }

  /** Do several servers know it together? */
  get isShared(): boolean {
    return this.#store instanceof SharedQuota;
  }

  /** Learns what other servers have been told. Never rejects. */
  async learn(names: readonly string[]): Promise<void> {
    for (const [name, quota] of await this.#store.read(names)) {
      this.#remember(name, merge(this.#known.get(name), quota));
    }
  }

  /**
   * Asks the providers that can tell their quota, unless they have told it lately. Never rejects, and ends within seconds.
   * @param maxAgeMs how old what is known may be
   */
  async look(providers: readonly Provider[], maxAgeMs: number): Promise<void> {
    await this.learn(providers.map(({ name }) => name));
    const due = providers.filter((provider) => provider.fetchQuota && this.#isDue(provider, maxAgeMs));
    await settleWithin(
      due.map((provider) => this.#ask(provider)),
      lookLimitMs,
    );
  }

  #isDue({ name, readiness }: Provider, maxAgeMs: number): boolean {
    const toldAtMs = Math.max(this.#known.get(name)?.seenAtMs ?? 0, this.#askedAtMs.get(name) ?? 0);
    return this.#now() - toldAtMs >= maxAgeMs && readiness().isReady;
  }

  async #ask(provider: Provider): Promise<void> {
    const { name } = provider;
    this.#askedAtMs.set(name, this.#now());
    try {
      this.note(name, await provider.fetchQuota!(), true);
    } catch (error) {
      this.#log.debug('the quota of a provider could not be asked for', { provider: name, error });
    }
  }

  #remember(name: string, quota: KnownQuota): void {
    if (!this.#known.has(name) && this.#known.size >= maxProviders) {
      this.#known.delete(this.#known.keys().next().value!);
    }
    this.#known.set(name, quota);
  }

  /** Forgets what is known of a provider, which a reload has changed. */
  forget(name: string): void {
    this.#askedAtMs.delete(name);
    if (this.#known.delete(name)) this.#store.write(name, undefined);
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}
