/** The models of one server: the configured ones, and those that the server lists. */
import type { Logger } from '../log.ts';
import { type ModelListOptions } from './model-list.ts';
import type { ListState, ModelInfo, Provider, UpstreamRequest } from './provider.ts';
import type { ModelsRefreshConfig } from './shared-config.ts';
export interface ServerModels<Model extends ModelInfo = ModelInfo> {
    /** The models known now. Never waits, never throws. */
    list(): readonly Model[];
    state(): ListState;
    /** @throws OpenCompatError */
    refresh(signal?: AbortSignal): Promise<void>;
    unlisted(id: string): Model | undefined;
    look(): Promise<void> | undefined;
    /** Why the last request for the list failed. */
    failure(): string | undefined;
}
export interface ServerModelsOptions<Model extends ModelInfo = ModelInfo> extends Pick<ModelListOptions<Model>, 'fetch' | 'now' | 'parse'> {
    provider: Pick<Provider, 'name' | 'title' | 'toError'>;
    /** Where the server lists its models. */
    url: string;
    /** A model of which nothing but the name is known. */
    assume(id: string): Model;
    headers: UpstreamRequest['headers'];
    /** The only models that are served. */
    names?: readonly string[];
    config: ModelsRefreshConfig;
    cacheDir: string;
    log: Logger;
}
export declare function createServerModels<Model extends ModelInfo>(options: ServerModelsOptions<Model>): ServerModels<Model>;
/** The part of a provider that is about its models, where one server lists them. It needs no sign-in, and so is always ready. */
export declare function modelPartOf(models: ServerModels): Pick<Provider, 'models' | 'refreshModels' | 'unlistedModel' | 'listState' | 'lookForModels' | 'readiness'>;
