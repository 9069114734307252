/** The models of one server: the configured ones, and those that the server lists. */
import type { Logger } from '../log.ts';
import { type AskOptions, askProvider } from './ask.ts';
import { createModelList, type ModelListOptions } from './model-list.ts';
import type { ListState, ModelInfo, Provider, UpstreamRequest } from './provider.ts';
import type { ModelsRefreshConfig } from './shared-config.ts';

/** Shortest time between two look-ups of the list for unknown names. */
const lookIntervalMs = 10_000;

export interface ServerModels<Model extends ModelInfo = ModelInfo> {
  /** The models known now. Never waits, never throws. */
  list(): readonly Model[];
  state(): ListState;
  /** @throws OpenCompatError */
  refresh(signal?: AbortSignal): Promise<void>;
  unlisted(id: string): Model | undefined;
  look(): Promise<void> | undefined;
  /** Why the last request for the list failed. */
  failure(): string | undefined;
}

export interface ServerModelsOptions<Model extends ModelInfo = ModelInfo>
  extends Pick<ModelListOptions<Model>, 'fetch' | 'now' | 'parse'> {
  provider: Pick<Provider, 'name' | 'title' | 'toError'>;
  /** Where the server lists its models. */
  url: string;
  /** A model of which nothing but the name is known. */
  assume(id: string): Model;
  headers: UpstreamRequest['headers'];
  /** The only models that are served. */
  names?: readonly string[];
  config: ModelsRefreshConfig;
  cacheDir: string;
  log: Logger;
}

export function createServerModels<Model extends ModelInfo>(options: ServerModelsOptions<Model>): ServerModels<Model> {
  const { provider, url, headers, names, assume, now = Date.now } = options;
  let failure: string | undefined;
  let looking: Promise<void> | undefined;
  let lookedAtMs = Number.NEGATIVE_INFINITY;

  async function ask(question: AskOptions) {
    try {
      const answer = await askProvider(provider, url, headers, question);
      failure = undefined;
      return answer;
    } catch (error) {
      failure = (error as Error).message;
      throw error;
    }
  }

  const known = createModelList({
    ...options,
    peekAccount: () => url,
    open: async () => ({ account: url, ask }),
    version: '',
    standIn: [],
  });
  /** The list that `named` was made from; only a refresh changes it. */
  let namedOf: readonly Model[] | undefined;
  let named: readonly Model[] = [];

  return {
    list() {
      const listed = known.list();
      if (!names) return listed;
      if (namedOf !== listed) {
        named = names.map((name) => listed.find(({ id }) => id === name) ?? assume(name));
        namedOf = listed;
      }
      return named;
    },

    // Only the configured names exist.
    state: () => (names ? 'current' : known.state()),

    refresh: (signal) => known.refresh(signal),

    // The server may have more than it lists.
    unlisted: (id) => (names ? undefined : assume(id)),

    look() {
      if (looking || names) return looking;
      if (now() - lookedAtMs < lookIntervalMs) return undefined;
      lookedAtMs = now();
      // The first list does not count as a second look.
      const isFirst = known.list().length === 0;
      looking = known
        .refresh()
        .then(() => {
          if (isFirst) lookedAtMs = Number.NEGATIVE_INFINITY;
        })
        .catch(() => {})
        .finally(() => {
          looking = undefined;
        });
      return looking;
    },

    failure: () => failure,
  };
}

/** The part of a provider that is about its models, where one server lists them. It needs no sign-in, and so is always ready. */
export function modelPartOf(
  models: ServerModels,
): Pick<Provider, 'models' | 'refreshModels' | 'unlistedModel' | 'listState' | 'lookForModels' | 'readiness'> {
  return {
    models: () => models.list(),
    refreshModels: (signal) => models.refresh(signal),
    unlistedModel: (id) => models.unlisted(id),
    listState: () => models.state(),
    lookForModels: () => models.look(),
    readiness() {
      const failure = models.failure();
      return {
        isReady: true,
        hasCredentials: true,
        ...(failure && { reason: `Its models could not be listed: ${failure}` }),
      };
    },
  };
}
