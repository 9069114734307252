import type { ProviderServices } from '../definition.ts';
import type { Provider } from '../provider.ts';
import type { CopilotConfig } from './config.ts';
/** The Copilot provider with all that it rests on, and the periodic work that keeps that fresh. */
export declare function openCopilot({ config, log, scheduler, lasting, metrics, redis, }: ProviderServices<CopilotConfig>): Promise<Provider>;
