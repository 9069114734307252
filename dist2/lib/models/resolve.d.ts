import { OpenCompatError } from '../errors.ts';
import type { ModelInfo, Provider, ResolvedModel } from '../providers/provider.ts';
/** Characters of an unknown name that may go upstream and into logs. */
export declare const usableName: RegExp;
export declare const effortSuffix: RegExp;
export interface ListedModel {
    /** The plain id, or with the provider's name in front where an alias or an earlier provider has the same plain id. */
    id: string;
    provider: Provider;
    info: ModelInfo;
}
/**
 * The models of all providers, in the order of the providers, then the aliases that lead to one of them, each with the facts of
 * its first model. Hidden models are left out, and ids are unique.
 */
export declare function listModels(providers: readonly Provider[], aliases?: Aliases): ListedModel[];
/**
 * Aliases: each stands for any name that can be resolved itself, or for several, the best first. One with `*` (any text, or
 * none) stands for all matching names that nothing else knows.
 */
export type Aliases = Readonly<Record<string, string | readonly string[]>>;
/** What the configuration says of names. */
export interface NameRules {
    readonly aliases: Aliases;
    /** Do listed models stand in for well-known names that nobody lists? */
    readonly modelStandIns: boolean;
}
export type Found = Pick<ResolvedModel, 'provider' | 'info' | 'effort' | 'isUnlisted' | 'isStandIn'>;
/** Called for an unlisted name, an alias' target or the name itself: gives the providers that might have it. */
export type Judge = (name: string) => Found[];
/** What a name stands for by the lists that are known. @param path the aliases that have led here */
export declare function findKnown(name: string, providers: readonly Provider[], aliases: Aliases, path?: readonly string[]): Found[];
/**
 * Resolves a name. In this order, because full names may look like something else (`gpt-5.1-codex-max`): an alias of this very
 * name, a model's own name, `provider/model`, the same without `:latest` or `[1m]`, the same without an effort suffix
 * (`gpt-5-high`, `gpt-5:high`), a name that only the named provider can judge (`provider/anything`), the longest alias with `*`
 * that fits, a provider that might have the name, and last a stand-in for a name that clients have built in. Nothing stands in
 * for what the operator wrote, and no provider is asked for a Claude that none lists.
 * @returns one model, or those of an alias with a list, in its order; never none
 * @throws OpenCompatError OC_MODEL_NOT_FOUND
 */
export declare function resolveModels(name: string, providers: readonly Provider[], { aliases, modelStandIns }: NameRules, judge?: Judge): ResolvedModel[];
/** @param isShown may a model be proposed instead? Default: any */
export declare function notFound(name: string, providers: readonly Provider[], aliases: Aliases, isShown?: (model: ListedModel) => boolean): OpenCompatError;
/**
 * Resolves a name for a request for a picture: any model of a provider that draws, or the name of a model that only
 * draws, for which the first provider that can draw uses its own drawing model.
 * @throws OpenCompatError OC_MODEL_NOT_FOUND, OC_NOT_SERVED
 */
export declare function resolveDrawingModels(name: string, providers: readonly Provider[], rules: NameRules): ResolvedModel[];
/** `provider/model` taken apart; the provider's name in any case, the model's name may hold further slashes. */
export declare function splitPrefix(name: string, providers: readonly Provider[]): {
    provider?: Provider;
    id: string;
};
