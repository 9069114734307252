/**
 * The models that a provider's account lists: as memory has them, else as the disk does, else a stand-in; refreshed behind
 * the scenes. Whose list it is, how it is asked for and what it looks like is the provider's matter.
 */
import { createHash } from 'node:crypto';
import { OpenCompatError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { outgoingFetch } from '../outgoing/fetch.ts';
import type { FetchedText } from '../outgoing/fetch-text.ts';
import { type CachedMeta, createFileCache } from '../storage/cached-file.ts';
import type { AskOptions } from './ask.ts';
import type { ListState, ModelInfo, Provider } from './provider.ts';
import type { ModelsRefreshConfig } from './shared-config.ts';

const timeoutMs = 5_000;
/** Some lists hold an instruction text per model, so a long one is hundreds of kilobytes. */
const maxBytes = 4 * 1024 * 1024;
/** After a failure, requests start no further refresh for this long. */
const backOffMs = 60_000;
/** A list as young as this holds whatever there is. */
const youngMs = 60_000;
/** For `modelsRefresh` as a cron expression: the age at which a list is refreshed on use besides. */
const usualRefreshMinutes = 60;
/** Entries of a list that are read. */
export const maxModels = 500;

export interface ModelList<Model extends ModelInfo = ModelInfo> {
  /** What is known now. Starts a refresh when that is old. Never waits, never throws. */
  list(): readonly Model[];
  /** How far that can be believed. */
  state(): ListState;
  /**
   * Asks the account; calls at the same time share one request, under the first one's signal.
   * @throws OpenCompatError; what was known before goes on being listed
   */
  refresh(signal?: AbortSignal): Promise<void>;
  /**
   * For a name that is not in the list, or a list that is not known yet: asks once more, unless that was just done.
   * Undefined: there is nothing to wait for. Never rejects, and ends within seconds.
   */
  look(): Promise<void> | undefined;
  /** Takes an etag of the list that came with another answer; starts a refresh when it is another one than before. */
  noteEtag(etag: string): void;
}

/** An account, and the way to its list. */
export interface ModelSource {
  /** Tells it from other accounts. Not shown anywhere. */
  account: string;
  /** @throws OpenCompatError for anything but 200, and 304 where an etag was sent */
  ask(question: AskOptions): Promise<FetchedText>;
}

export interface ModelListOptions<Model extends ModelInfo> {
  provider: Pick<Provider, 'name' | 'title'>;
  /** The account that is signed in, without waiting; undefined while none is, or none that can be asked. */
  peekAccount(): string | undefined;
  /** @throws OpenCompatError when nobody is signed in */
  open(): Promise<ModelSource>;
  /** An answer's text as models; those that cannot be read are passed over. Never throws. */
  parse(text: string): readonly Model[];
  /** What the list depends on besides the account, such as the version of the client that asks. */
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
  const { provider, config, version, standIn, cacheDir, log, fetch = outgoingFetch, now = Date.now } = options;
  const cache = createFileCache({ directory: cacheDir, maxBytes, log });
  const isOff = config.modelsRefresh === 0;
  const lifeMs = 60_000 * (typeof config.modelsRefresh === 'number' ? config.modelsRefresh : usualRefreshMinutes);

  let known: Known<Model> | undefined;
  let refreshing: Promise<void> | undefined;
  let waitUntilMs = Number.NEGATIVE_INFINITY;
  /** The last etag that came with another answer, and the one that the last list was asked for under. */
  let notedEtag: string | undefined;
  let askedForEtag: string | undefined;

  /** Takes up the list of the account that is signed in now. */
  function followAccount(account: string): Known<Model> {
    if (known?.account === account) return known;
    const file = cacheFileOf(provider.name, account);
    const { text, ...meta } = cache.read(file) ?? { text: '', version: '', fetchedAtMs: 0 };
    known = { ...meta, account, file, models: options.parse(text) };
    notedEtag = undefined;
    askedForEtag = undefined;
    waitUntilMs = Number.NEGATIVE_INFINITY;
    return known;
  }

  function isOld({ fetchedAtMs, version: knownVersion }: Known<Model>): boolean {
    return now() - fetchedAtMs >= lifeMs || knownVersion !== version;
  }

  function refreshBehindTheScenes(): void {
    if (isOff || refreshing || now() < waitUntilMs) return;
    refresh().catch((error: Error) => {
      log.warn('the model list cannot be refreshed', { provider: provider.name, reason: error.message });
    });
  }

  function refresh(signal?: AbortSignal): Promise<void> {
    refreshing ??= ask(signal)
      .catch((error) => {
        waitUntilMs = now() + backOffMs;
        throw error;
      })
      .finally(() => {
        refreshing = undefined;
      });
    return refreshing;
  }

  async function ask(signal: AbortSignal | undefined): Promise<void> {
    const source = await options.open();
    const before = followAccount(source.account);
    // The list depends on the version that asks, and an etag on the list.
    const etag = before.version === version && before.models.length > 0 ? before.etag : undefined;
    const answer = await source.ask({ fetch, timeoutMs, maxBytes, etag, signal });

    const meta = { version, fetchedAtMs: now(), etag: answer.headers.get('etag') ?? etag };
    if (answer.status === 304) {
      known = { ...before, ...meta };
      askedForEtag = notedEtag;
      await cache.touch(before.file, meta);
      return;
    }
    const models = options.parse(answer.text);
    if (models.length === 0) {
      const details = { provider: provider.title, api: 'models', reason: 'it lists no models' };
      throw new OpenCompatError('OC_UPSTREAM_INVALID', details);
    }
    known = { ...before, ...meta, models };
    askedForEtag = notedEtag;
    await cache.write(before.file, { text: answer.text, ...meta });
  }

  return {
    list() {
      const account = options.peekAccount();
      if (account !== undefined) {
        if (isOld(followAccount(account))) refreshBehindTheScenes();
      }
      // Without a usable token (it is about to be refreshed, say) the account is still the same one.
      return known && known.models.length > 0 ? known.models : standIn;
    },

    state() {
      if (isOff) return 'current';
      const account = options.peekAccount();
      const list = account === undefined ? undefined : followAccount(account);
      if (list && list.models.length > 0) return isOld(list) ? 'old' : 'current';
      return options.isStandInGiven ? 'old' : 'missing';
    },

    refresh,

    look() {
      const account = options.peekAccount();
      if (account === undefined || isOff) return undefined;
      const { fetchedAtMs } = followAccount(account);
      if (!refreshing && (now() < waitUntilMs || now() - fetchedAtMs < youngMs)) return undefined;
      return refresh().catch(() => {});
    },

    noteEtag(etag) {
      notedEtag = etag;
      // Each value is good for one list: what the provider names here need not be what it sends with the list.
      if (etag === askedForEtag || (known?.etag && bareEtag(known.etag) === bareEtag(etag))) return;
      refreshBehindTheScenes();
    },
  };
}

/** One file for each account; the name tells nobody whose. */
function cacheFileOf(providerName: string, account: string): string {
  return `${providerName}-models-${createHash('sha256').update(account).digest('hex').slice(0, 16)}.json`;
}

function bareEtag(etag: string): string {
  return etag.replace(/^W\//, '').replace(/^"(.*)"$/, '$1');
}
