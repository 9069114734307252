/** The models that the account's seat offers. */
import type { Logger } from '../../log.ts';
import { type ModelList } from '../model-list.ts';
import type { ModelInfo } from '../provider.ts';
import { type CopilotPath } from './backend.ts';
import type { CopilotConfig } from './config.ts';
import type { CopilotCredentials } from './credentials.ts';
import type { CopilotHeadersConfig } from './headers.ts';
export interface CopilotModel extends ModelInfo {
    /** The paths for the model, from the list; the first known ones. */
    paths: readonly CopilotPath[];
    /** Does it take `dimensions`? Of embeddings. */
    hasDimensions?: boolean;
    /** How to ask it to think in Anthropic's API. Absent: it does not think. */
    thinking?: 'adaptive' | 'budget';
}
export interface CopilotModelsOptions {
    config: CopilotHeadersConfig & Pick<CopilotConfig, 'copilotBaseUrl' | 'copilotModels' | 'modelsRefresh'>;
    credentials: Pick<CopilotCredentials, 'peek' | 'get' | 'renew'>;
    cacheDir: string;
    log: Logger;
    fetch?: typeof fetch;
    /** Unix milliseconds. */
    now?: () => number;
}
export declare function createCopilotModels({ config, credentials, ...options }: CopilotModelsOptions): ModelList<CopilotModel>;
/** A model that no list has: assumed to be like others of its name. */
export declare function assumeModel(id: string): CopilotModel;
/** What Copilot seats offered in 2026: for the seconds until the account's own list is known. */
export declare const fallbackModels: readonly CopilotModel[];
/**
 * A `GET /models` answer, in its order; skips malformed entries, and models that neither answer nor embed. Of several entries
 * with one id, the first in the model picker counts. Never throws.
 */
export declare function parseModels(answer: unknown): CopilotModel[];
