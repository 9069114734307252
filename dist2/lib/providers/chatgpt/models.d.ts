/** The account's models. Every model of its list is listed here, even if its entry asks for a newer client. */
import type { Logger } from '../../log.ts';
import { type ModelList } from '../model-list.ts';
import type { ModelInfo } from '../provider.ts';
import type { ChatGptConfig } from './config.ts';
import type { ChatGptCredential } from './credential.ts';
export interface ChatGptModelsOptions {
    config: Pick<ChatGptConfig, 'chatgptBaseUrl' | 'chatgptClientVersion' | 'chatgptModels' | 'chatgptOriginator' | 'modelsRefresh'>;
    credentials: {
        peek(): ChatGptCredential | undefined;
        get(): Promise<ChatGptCredential>;
    };
    cacheDir: string;
    log: Logger;
    fetch?: typeof fetch;
    /** Unix milliseconds. */
    now?: () => number;
}
export declare function createChatGptModels({ config, credentials, ...options }: ChatGptModelsOptions): ModelList;
/** A `GET /codex/models` answer, in the order of its priorities; skips malformed entries. Never throws. */
export declare function parseModels(answer: unknown): ModelInfo[];
