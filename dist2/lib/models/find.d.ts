import type { Provider, ResolvedModel } from '../providers/provider.ts';
import { type NameRules } from './resolve.ts';
/** Longest wait of a request for lists, in milliseconds. */
export declare const waitLimitMs = 6000;
/** When to ask again for a model of a provider that cannot list what it has, in seconds. */
export declare const retryAfterS = 5;
/**
 * The models of a name. Waits (some seconds at most) for lists that have never been seen; and for an unknown name, for new
 * sources that may know it: a sign-in that another process has made, a list that is renewed. If a list is still missing or old
 * then, its provider may judge the name itself. Synchronous when there is nothing to wait for.
 *
 * @param draws is it for a picture?
 * @throws OpenCompatError OC_MODEL_NOT_FOUND, OC_MODELS_UNKNOWN, OC_NOT_SERVED
 */
export declare function findModels(name: string, providers: readonly Provider[], rules: NameRules, draws?: boolean): ResolvedModel[] | Promise<ResolvedModel[]>;
/** The looks of those that can answer and have never had a list. */
export declare function lookForMissing(providers: readonly Provider[]): Promise<void>[];
