/**
 * The models that a provider's account lists: from memory, else from disk, else a stand-in; refreshed in the background. The
 * provider supplies the account, the request and the parsing.
 */
import { createHash } from 'node:crypto';
import { OpenCompatError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { outgoingFetch } from '../outgoing/fetch.ts';
import type { FetchedText } from '../outgoing/fetch-text.ts';
import { type CachedMeta, createFileCache, type FileCache } from '../storage/cached-file.ts';
import type { AskOptions } from './ask.ts';
import type { ListState, ModelInfo, Provider } from './provider.ts';
import type { ModelsRefreshConfig } from './shared-config.ts';

const timeoutMs = 5_000;
/** Some lists hold an instruction text per model, so a long one is hundreds of kilobytes. */
const maxBytes = 4 * 1024 * 1024;
/** After a failure, requests start no further refresh for this long. */
const backOffMs = 60_000;
/** A list of this age or younger counts as complete. */
const youngMs = 60_000;
/** For `modelsRefresh` as a cron expression: the age at which a list is refreshed on use besides. */
const usualRefreshMinutes = 60;
/** Entries of a list that are read. */
export const maxModels = 500;

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

/** An account's list. */
interface Known<Model> extends CachedMeta {
  account: string;
  file: string;
  models: readonly Model[];
}

export function createModelList<Model extends ModelInfo>(options: ModelListOptions<Model>): ModelList<Model> {
  return new CachedModelList(options);
}

class CachedModelList<Model extends ModelInfo> implements ModelList<Model> {
  readonly #options: ModelListOptions<Model>;
  readonly #cache: FileCache;
  readonly #now: () => number;
  #known: Known<Model> | undefined;
  #refreshing: Promise<void> | undefined;
  #waitUntilMs = Number.NEGATIVE_INFINITY;
  /** The last etag that came with another answer, and the one known when the last list was fetched. */
  #notedEtag: string | undefined;
  #askedForEtag: string | undefined;

  constructor(options: ModelListOptions<Model>) {
    this.#options = options;
    this.#cache = createFileCache({ directory: options.cacheDir, maxBytes, log: options.log });
    this.#now = options.now ?? Date.now;
  }

  list(): readonly Model[] {
    const account = this.#options.peekAccount();
    if (account !== undefined && this.#isOld(this.#followAccount(account))) this.#refreshBehindTheScenes();
    // Without a usable token (it is about to be refreshed, say) the account is still the same one.
    return this.#known && this.#known.models.length > 0 ? this.#known.models : this.#options.standIn;
  }

  state(): ListState {
    if (this.#isOff) return 'current';
    const account = this.#options.peekAccount();
    const known = account === undefined ? undefined : this.#followAccount(account);
    if (known && known.models.length > 0) return this.#isOld(known) ? 'old' : 'current';
    return this.#options.isStandInGiven ? 'old' : 'missing';
  }

  refresh(signal?: AbortSignal): Promise<void> {
    this.#refreshing ??= this.#ask(signal)
      .catch((error) => {
        this.#waitUntilMs = this.#now() + backOffMs;
        throw error;
      })
      .finally(() => {
        this.#refreshing = undefined;
      });
    return this.#refreshing;
  }

  look(): Promise<void> | undefined {
    const account = this.#options.peekAccount();
    if (account === undefined || this.#isOff) return undefined;
    const { fetchedAtMs } = this.#followAccount(account);
    const nowMs = this.#now();
    if (!this.#refreshing && (nowMs < this.#waitUntilMs || nowMs - fetchedAtMs < youngMs)) return undefined;
    return this.refresh().catch(() => {});
  }

  noteEtag(etag: string): void {
    this.#notedEtag = etag;
    const known = this.#known?.etag;
    // Each etag triggers one refresh: the provider may send another one with the list itself.
    if (etag === this.#askedForEtag || (known && bareEtag(known) === bareEtag(etag))) return;
    this.#refreshBehindTheScenes();
  }

  #isOld({ fetchedAtMs, version }: Known<Model>): boolean {
    return this.#now() - fetchedAtMs >= this.#lifeMs || version !== this.#options.version;
  }

  get #isOff(): boolean {
    return this.#options.config.modelsRefresh === 0;
  }

  get #lifeMs(): number {
    const { modelsRefresh } = this.#options.config;
    return 60_000 * (typeof modelsRefresh === 'number' ? modelsRefresh : usualRefreshMinutes);
  }

  /** Takes up the list of the account that is signed in now. */
  #followAccount(account: string): Known<Model> {
    if (this.#known?.account === account) return this.#known;
    const file = cacheFileOf(this.#options.provider.name, account);
    const { text, ...meta } = this.#cache.read(file) ?? { text: '', version: '', fetchedAtMs: 0 };
    this.#notedEtag = undefined;
    this.#askedForEtag = undefined;
    this.#waitUntilMs = Number.NEGATIVE_INFINITY;
    this.#known = { ...meta, account, file, models: this.#options.parse(text) };
    return this.#known;
  }

  #refreshBehindTheScenes(): void {
    if (this.#isOff || this.#refreshing || this.#now() < this.#waitUntilMs) return;
    this.refresh().catch((error: Error) => {
      const { log, provider } = this.#options;
      log.warn('the model list cannot be refreshed', { provider: provider.name, reason: error.message });
    });
  }

  async #ask(signal: AbortSignal | undefined): Promise<void> {
    const { version, parse, provider, fetch = outgoingFetch } = this.#options;
    const source = await this.#options.open();
    const before = this.#followAccount(source.account);
    // The list depends on the version that asks, and an etag on the list.
    const etag = before.version === version && before.models.length > 0 ? before.etag : undefined;
    const answer = await source.ask({ fetch, timeoutMs, maxBytes, etag, signal });

    const meta = { version, fetchedAtMs: this.#now(), etag: answer.headers.get('etag') ?? etag };
    if (answer.status === 304) {
      this.#take({ ...before, ...meta });
      await this.#cache.touch(before.file, meta);
      return;
    }
    const models = parse(answer.text);
    if (models.length === 0) {
      const details = { provider: provider.title, api: 'models', reason: 'it lists no models' };
      throw new OpenCompatError('OC_UPSTREAM_INVALID', details);
    }
    this.#take({ ...before, ...meta, models });
    await this.#cache.write(before.file, { text: answer.text, ...meta });
  }

  #take(known: Known<Model>): void {
    this.#known = known;
    this.#askedForEtag = this.#notedEtag;
  }
}

/** One file for each account; its name does not reveal the account. */
function cacheFileOf(providerName: string, account: string): string {
  return `${providerName}-models-${createHash('sha256').update(account).digest('hex').slice(0, 16)}.json`;
}

function bareEtag(etag: string): string {
  return etag.replace(/^W\//, '').replace(/^"(.*)"$/, '$1');
}
