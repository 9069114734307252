import type { Logger } from '../../log.ts';
import type { FileCache } from '../../storage/cached-file.ts';
import { type CodexRepository } from './codex-repository.ts';
import type { ChatGptConfig } from './config.ts';
export interface CodexTextsOptions {
    config: Pick<ChatGptConfig, 'instructionsRefresh' | 'instructionsTag'>;
    repository: CodexRepository;
    cache: FileCache;
    log: Logger;
    /** Unix milliseconds. */
    now: () => number;
}
export declare class CodexTexts {
    #private;
    constructor(options: CodexTextsOptions);
    /** Undefined while none is known; one is fetched behind the scenes then. Never waits, never throws. */
    textFor(model: string): string | undefined;
    /**
     * Calls at the same time share one refresh, under the first one's signal.
     * @throws OpenCompatError OC_UPSTREAM_UNREACHABLE, OC_UPSTREAM_ERROR; what was known before stays
     */
    refresh(signal?: AbortSignal): Promise<void>;
}
