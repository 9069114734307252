import type { ModelInfo, Provider } from '../providers/provider.ts';
import { type Allowed } from './allowed.ts';
import { type Aliases, type ListedModel, type NameRules } from './resolve.ts';
/**
 * The models of the providers that can answer now, and the aliases of those, as far as the client may name them. Waits as
 * `findModels` does.
 */
export declare function listReadyModels(providers: readonly Provider[], aliases: Aliases, allowed: Allowed): Promise<ListedModel[]>;
/**
 * The first model of a name, for a page about it.
 * @throws OpenCompatError OC_MODEL_NOT_FOUND also where its provider cannot answer now, OC_MODELS_UNKNOWN if no provider can
 *   tell
 */
export declare function findReadyModel(name: string, providers: readonly Provider[], rules: NameRules, allowed: Allowed): Promise<{
    provider: Provider;
    id: string;
    info: ModelInfo;
}>;
