import type { ProviderServices } from '../definition.ts';
import type { Provider } from '../provider.ts';
import type { ChatGptConfig } from './config.ts';
/** The ChatGPT provider with all that it rests on, and the periodic work that keeps that fresh. */
export declare function openChatGpt({ config, log, scheduler, lasting, metrics, redis, }: ProviderServices<ChatGptConfig>): Promise<Provider>;
