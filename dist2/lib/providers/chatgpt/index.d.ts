/** The ChatGPT provider: the plan's own backend, as Codex uses it. */
import type { Logger } from '../../log.ts';
import type { ModelList } from '../model-list.ts';
import type { Provider } from '../provider.ts';
import type { ChatGptConfig } from './config.ts';
import type { ChatGptCredentials } from './credentials.ts';
import type { Instructions } from './instructions.ts';
export interface ChatGptProviderOptions {
    config: Pick<ChatGptConfig, 'chatgptBaseUrl' | 'chatgptClientVersion' | 'chatgptOriginator' | 'instructions' | 'reasoningEffort' | 'reasoningSummary' | 'textVerbosity'>;
    credentials: Pick<ChatGptCredentials, 'peek' | 'exists' | 'isUnreadable' | 'look' | 'lookNowAndThen' | 'get' | 'renew'>;
    models: Pick<ModelList, 'list' | 'state' | 'look' | 'refresh' | 'noteEtag'>;
    instructions: Pick<Instructions, 'textFor' | 'neutral' | 'insists' | 'learn'>;
    log: Logger;
}
export declare function createChatGptProvider(options: ChatGptProviderOptions): Provider;
