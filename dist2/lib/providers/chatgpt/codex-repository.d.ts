import type { Logger } from '../../log.ts';
import type { CachedMeta } from '../../storage/cached-file.ts';
import type { ChatGptConfig } from './config.ts';
export declare const repositoryName = "openai/codex";
/** Where the newest release cannot be learned and none was learned before. */
export declare const fallbackTag = "main";
export interface CodexRepositoryOptions {
    config: Pick<ChatGptConfig, 'githubApiUrl' | 'githubRawUrl' | 'githubUrl'>;
    log: Logger;
    fetch: typeof fetch;
    /** Unix milliseconds. */
    now: () => number;
    /** For each request. */
    timeoutMs: number;
    /** Of one file. */
    maxBytes: number;
}
/** A file of a release; without `text` when it is still the one that is known. */
export interface ReleaseFile {
    text?: string;
    etag?: string;
}
export declare class CodexRepository {
    #private;
    constructor(options: CodexRepositoryOptions);
    /** The tag of the newest release; undefined when GitHub does not say. Never rejects. */
    findNewestTag(signal: AbortSignal | undefined): Promise<string | undefined>;
    /**
     * A file of a release; undefined when it has none there, or an empty one.
     * @param known the file as it was fetched last
     * @throws OpenCompatError OC_UPSTREAM_UNREACHABLE, OC_UPSTREAM_ERROR when GitHub does not say
     */
    getFile(tag: string, path: string, known: CachedMeta | undefined, signal: AbortSignal | undefined): Promise<ReleaseFile | undefined>;
}
