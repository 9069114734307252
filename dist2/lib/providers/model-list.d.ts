import type { Logger } from '../log.ts';
import type { FetchedText } from '../outgoing/fetch-text.ts';
import type { AskOptions } from './ask.ts';
import type { ListState, ModelInfo, Provider } from './provider.ts';
import type { ModelsRefreshConfig } from './shared-config.ts';
/** Entries of a list that are read. */
export declare const maxModels = 500;
export interface ModelList<Model extends ModelInfo = ModelInfo> {
    /** The models known now. Starts a refresh when they are old. Never waits, never throws. */
    list(): readonly Model[];
    /** How far that can be believed. */
    state(): ListState;
    /**
     * Asks the account; calls at the same time share one request, under the first one's signal.
     * @throws OpenCompatError; the models known before stay listed
     */
    refresh(signal?: AbortSignal): Promise<void>;
    /**
     * For a name that is not in the list, or a list that is not known yet: asks once more, unless that was just done.
     * Undefined: there is nothing to wait for. Never rejects, and ends within seconds.
     */
    look(): Promise<void> | undefined;
    /** Takes an etag of the list that came with another answer; starts a refresh when it has changed. */
    noteEtag(etag: string): void;
}
/** An account, and the way to its list. */
export interface ModelSource {
    /** Identifies the account. Never shown. */
    account: string;
    /** @throws OpenCompatError for any status except 200, and 304 where an etag was sent */
    ask(question: AskOptions): Promise<FetchedText>;
}
export interface ModelListOptions<Model extends ModelInfo> {
    provider: Pick<Provider, 'name' | 'title'>;
    /** The account that is signed in, without waiting; undefined without one that can be asked. */
    peekAccount(): string | undefined;
    /** @throws OpenCompatError without a sign-in */
    open(): Promise<ModelSource>;
    /** Parses an answer's text; skips malformed models. Never throws. */
    parse(text: string): readonly Model[];
    /** Further facts that the list depends on, such as the version of the client that asks. */
    version: string;
    /** Listed while the account's own list is not known. */
    standIn: readonly Model[];
    /** Has the operator written the stand-in? Default false. */
    isStandInGiven?: boolean;
    config: ModelsRefreshConfig;
    cacheDir: string;
    log: Logger;
    fetch?: typeof fetch;
    /** Unix milliseconds. */
    now?: () => number;
}
export declare function createModelList<Model extends ModelInfo>(options: ModelListOptions<Model>): ModelList<Model>;
