import type { Provider } from '../provider.ts';
import { type ServerModelsOptions } from '../server-models.ts';
import type { AnthropicConfig } from './config.ts';
import type { AnthropicOptions } from './options.ts';
export interface AnthropicServices extends Pick<ServerModelsOptions, 'cacheDir' | 'log' | 'fetch' | 'now'> {
    config: Pick<AnthropicConfig, 'modelsRefresh' | 'reasoningEffort'>;
}
export declare function createAnthropicProvider(name: string, options: AnthropicOptions, services: AnthropicServices): Provider;
