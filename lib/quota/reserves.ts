/** What the server does before a provider's quota is used up, as `providers.<name>.quota` of the configuration says. */
import { type ReasoningEffort, reasoningEfforts } from '../canonical/types.ts';
import { OpenCompatError } from '../errors.ts';
import type { Availability } from '../models/availability.ts';
import { atMost } from '../providers/efforts.ts';
import type { Provider, ResolvedModel } from '../providers/provider.ts';
import type { QuotaRule } from '../providers/quota-rule.ts';
import type { KnownWindow } from './known-quota.ts';
import type { QuotaBook } from './quota-book.ts';
import { labelOf } from './window-label.ts';

/** Shorter windows, in minutes, are renewed within a client's patience. */
const leastMinutes = 60;
/** The most effort while a quota is spared. */
const sparingEffort: ReasoningEffort = 'low';
/** While requests are held back no answer tells of the quota: how long what is known is believed, in milliseconds. */
const maxAgeMs = 60_000;

/** A window of which no more is left than is to be kept back. */
export interface ReachedReserve {
  readonly rule: QuotaRule;
  readonly window: KnownWindow;
}

export class Reserves {
  readonly #rules: ReadonlyMap<string, QuotaRule>;
  readonly #book: QuotaBook;
  readonly #now: () => number;

  /** @param entries of the configuration, by the provider's name */
  constructor(
    entries: Readonly<Record<string, { readonly quota?: QuotaRule }>>,
    book: QuotaBook,
    now: () => number = Date.now,
  ) {
    const rules = Object.entries(entries).flatMap(([name, { quota }]) => (quota ? [[name, quota] as const] : []));
    this.#rules = new Map(rules);
    this.#book = book;
    this.#now = now;
  }

  /** Do other servers know of quota that this one does not, and is any to be kept back? */
  get isShared(): boolean {
    return this.#rules.size > 0 && this.#book.isShared;
  }

  /** Of several windows the one that is renewed last; undefined while there is enough left, or nothing is to be kept back. */
  reachedBy({ name }: Pick<Provider, 'name'>): ReachedReserve | undefined {
    const rule = this.#rules.get(name);
    const windows = rule ? this.#book.of(name)?.windows : undefined;
    if (!rule || !windows) return undefined;
    const mostUsed = 100 - Number.parseFloat(rule.reserve);
    const [window] = windows
      .filter((candidate) => candidate.usedPercent >= mostUsed && this.#counts(candidate))
      .toSorted((a, b) => (b.resetAtEpochS ?? 0) - (a.resetAtEpochS ?? 0));
    return window && { rule, window };
  }

  #counts({ isUnlimited, isPartial, windowMinutes, resetAtEpochS = 0 }: KnownWindow): boolean {
    if (isUnlimited || isPartial) return false;
    return (windowMinutes ?? (resetAtEpochS * 1000 - this.#now()) / 60_000) >= leastMinutes;
  }

  /** Learns what other servers know. Never rejects. */
  async learn(candidates: readonly ResolvedModel[]): Promise<void> {
    const names = candidates.map(({ provider }) => provider.name).filter((name) => this.#rules.has(name));
    if (names.length > 0) await this.#book.learn([...new Set(names)]);
  }

  /**
   * The model with an effort that spares a quota of which little is left; the same model where nothing is to be spared.
   * @param askedEffort the client's, else that of the configuration
   */
  spare(model: ResolvedModel, askedEffort: ReasoningEffort): ResolvedModel {
    if (this.reachedBy(model.provider)?.rule.atReserve !== 'lower-effort') return model;
    this.#look(model.provider);
    const { efforts } = model.info;
    const asked = model.effort ?? askedEffort;
    const effort = atMost(sparingEffort, efforts) ?? efforts[0];
    if (!effort || reasoningEfforts.indexOf(asked) <= reasoningEfforts.indexOf(effort)) return model;
    return { ...model, effort, isEffortLowered: true };
  }

  /** Should another model of an alias be asked before this one? */
  yields({ provider }: ResolvedModel): boolean {
    if (this.reachedBy(provider)?.rule.atReserve !== 'next-model') return false;
    this.#look(provider);
    return true;
  }

  /** The error of a model whose provider's rest is not to be used. */
  refusalOf({ provider }: ResolvedModel): OpenCompatError | undefined {
    const reached = this.reachedBy(provider);
    if (reached?.rule.atReserve !== 'refuse') return undefined;
    this.#look(provider);
    const { window } = reached;
    const resetMs = window.resetAtEpochS === undefined ? undefined : window.resetAtEpochS * 1000;
    const retryAfterS = resetMs === undefined ? undefined : Math.max(1, Math.ceil((resetMs - this.#now()) / 1000));
    const details = {
      provider: provider.title,
      name: provider.name,
      window: labelOf(window),
      usedPercent: Math.round(window.usedPercent),
      comesBack:
        retryAfterS === undefined
          ? 'The provider does not tell when it comes back.'
          : `It comes back at ${new Date(resetMs!).toISOString().replace('.000', '')}, in ${retryAfterS}s.`,
    };
    return new OpenCompatError('OC_QUOTA_RESERVED', details, { ...(retryAfterS !== undefined && { retryAfterS }) });
  }

  /** What other programs use, or a plan that has grown, shows in no answer while none is asked for. */
  #look(provider: Provider): void {
    void this.#book.look([provider], maxAgeMs);
  }
}

/** The same availability, by which providers give way before their quota is used up. */
export function withReserves(availability: Availability, reserves: Reserves): Availability {
  return {
    ...availability,
    doubtOf: (model) => (reserves.yields(model) ? 2 : availability.doubtOf(model)),
    blockedBy: (model) => reserves.refusalOf(model) ?? availability.blockedBy(model),
  };
}
