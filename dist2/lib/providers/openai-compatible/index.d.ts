import type { Provider } from '../provider.ts';
import { type ServerModelsOptions } from '../server-models.ts';
import type { OpenAiCompatibleOptions } from './options.ts';
export type OpenAiCompatibleServices = Pick<ServerModelsOptions, 'config' | 'cacheDir' | 'log' | 'fetch' | 'now'>;
export declare function createOpenAiCompatibleProvider(name: string, options: OpenAiCompatibleOptions, services: OpenAiCompatibleServices): Provider;
