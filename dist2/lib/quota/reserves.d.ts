/** What the server does before a provider's quota is used up, as `providers.<name>.quota` of the configuration says. */
import { type ReasoningEffort } from '../canonical/types.ts';
import { OpenCompatError } from '../errors.ts';
import type { Availability } from '../models/availability.ts';
import type { Provider, ResolvedModel } from '../providers/provider.ts';
import type { QuotaRule } from '../providers/quota-rule.ts';
import type { KnownWindow } from './known-quota.ts';
import type { QuotaBook } from './quota-book.ts';
/** A window of which no more is left than is to be kept back. */
export interface ReachedReserve {
    readonly rule: QuotaRule;
    readonly window: KnownWindow;
}
export declare class Reserves {
    #private;
    /** @param entries of the configuration, by the provider's name */
    constructor(entries: Readonly<Record<string, {
        readonly quota?: QuotaRule;
    }>>, book: QuotaBook, now?: () => number);
    /** Do other servers know of quota that this one does not, and is any to be kept back? */
    get isShared(): boolean;
    /** Of several windows the one that is renewed last; undefined while there is enough left, or nothing is to be kept back. */
    reachedBy({ name }: Pick<Provider, 'name'>): ReachedReserve | undefined;
    /** Learns what other servers know. Never rejects. */
    learn(candidates: readonly ResolvedModel[]): Promise<void>;
    /**
     * The model with an effort that spares a quota of which little is left; the same model where nothing is to be spared.
     * @param askedEffort the client's, else that of the configuration
     */
    spare(model: ResolvedModel, askedEffort: ReasoningEffort): ResolvedModel;
    /** Should another model of an alias be asked before this one? */
    yields({ provider }: ResolvedModel): boolean;
    /** The error of a model whose provider's rest is not to be used. */
    refusalOf({ provider }: ResolvedModel): OpenCompatError | undefined;
}
/** The same availability, by which providers give way before their quota is used up. */
export declare function withReserves(availability: Availability, reserves: Reserves): Availability;
