import type { Provider, ResolvedModel } from '../providers/provider.ts';
import { type ListedModel, type NameRules } from './resolve.ts';
/** Patterns, as `models` of a client key has them; undefined: all models. */
export type Allowed = readonly string[] | undefined;
export declare function isListed(model: ListedModel, allowed: Allowed): boolean;
/** May every model of a provider be used, whatever its name is? */
export declare function areAllAllowed(provider: string, allowed: Allowed): boolean;
/**
 * As `findModels`. A name that is allowed stands for whatever it leads to, such as an alias for its models; any other for those
 * of its models that are allowed.
 * @throws OpenCompatError OC_MODEL_NOT_FOUND, as of a name that nobody knows, for all else
 */
export declare function findAllowedModels(name: string, providers: readonly Provider[], rules: NameRules, allowed: Allowed, draws?: boolean): ResolvedModel[] | Promise<ResolvedModel[]>;
