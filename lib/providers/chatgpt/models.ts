/**
 * The account's models: as memory has them, else as the disk does, else a fallback; refreshed behind the scenes. What
 * the account lists is what is listed here, whatever client version an entry asks for.
 */
import { createHash } from 'node:crypto';
import type { ChatGptCredential } from '../../auth/chatgpt-credentials.ts';
import { type CachedMeta, createFileCache } from '../../cached-file.ts';
import type { ReasoningEffort } from '../../canonical.ts';
import type { Config } from '../../config-schema.ts';
import { asObject, asText, type Json, parseObject } from '../../lenient-json.ts';
import type { Logger } from '../../log.ts';
import { outgoingFetch } from '../../outgoing-http.ts';
import type { ModelInfo } from '../provider.ts';
import { assumeModel, fallbackModels } from './fallback-models.ts';
import { getFromChatGpt, invalidAnswer } from './get.ts';

const timeoutMs = 5_000;
/** The catalogue holds an instruction text per model, so a long one is hundreds of kilobytes. */
const maxBytes = 4 * 1024 * 1024;
/** After a failure, requests start no further refresh for this long. */
const backOffMs = 60_000;
/** For `modelsRefresh` as a cron expression: the age at which a list is refreshed on use besides. */
const usualRefreshMinutes = 60;
const maxModels = 500;

export interface ChatGptModels {
  /** What is known now. Starts a refresh when that is old. Never waits, never throws. */
  list(): readonly ModelInfo[];
  /**
   * Asks the account; calls at the same time share one request, under the first one's signal.
   * @throws OpenCompatError; what was known before goes on being listed
   */
  refresh(signal?: AbortSignal): Promise<void>;
  /** Takes the `x-models-etag` of an answer; starts a refresh when it is another one than before. */
  noteEtag(etag: string): void;
}

export interface ChatGptModelsOptions {
  config: Pick<
    Config,
    'chatgptBaseUrl' | 'chatgptClientVersion' | 'chatgptModels' | 'chatgptOriginator' | 'modelsRefresh'
  >;
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

/** An account's list. */
interface Known extends CachedMeta {
  account: string;
  file: string;
  models: readonly ModelInfo[];
}

export function createChatGptModels(options: ChatGptModelsOptions): ChatGptModels {
  const { config, credentials, cacheDir, log, fetch = outgoingFetch, now = Date.now } = options;
  const cache = createFileCache({ directory: cacheDir, maxBytes, log });
  const standIn = config.chatgptModels.length > 0 ? config.chatgptModels.map(assumeModel) : fallbackModels;
  const isOff = config.modelsRefresh === 0;
  const lifeMs = 60_000 * (typeof config.modelsRefresh === 'number' ? config.modelsRefresh : usualRefreshMinutes);

  let known: Known | undefined;
  let refreshing: Promise<void> | undefined;
  let waitUntilMs = Number.NEGATIVE_INFINITY;
  /** The last `x-models-etag`, and the one that the last list was asked for under. */
  let notedEtag: string | undefined;
  let askedForEtag: string | undefined;

  /** Takes up the list of the account that is signed in now. */
  function followAccount(credential: ChatGptCredential): Known {
    const account = credential.accountId ?? credential.email ?? '';
    if (known?.account === account) return known;
    const file = cacheFileOf(account);
    const { text, ...meta } = cache.read(file) ?? { text: '', version: '', fetchedAtMs: 0 };
    known = { ...meta, account, file, models: parseModels(parseObject(text)) };
    notedEtag = undefined;
    askedForEtag = undefined;
    waitUntilMs = Number.NEGATIVE_INFINITY;
    return known;
  }

  function refreshBehindTheScenes(): void {
    if (isOff || refreshing || now() < waitUntilMs) return;
    refresh().catch((error: Error) => log.warn('the model list cannot be refreshed', { reason: error.message }));
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
    const credential = await credentials.get();
    const before = followAccount(credential);
    const version = config.chatgptClientVersion;
    // The list depends on the version that asks, and an etag on the list.
    const etag = before.version === version && before.models.length > 0 ? before.etag : undefined;
    const path = `/codex/models?client_version=${encodeURIComponent(version)}`;
    const answer = await getFromChatGpt(config, credential, path, { fetch, timeoutMs, maxBytes, etag, signal });

    const meta = { version, fetchedAtMs: now(), etag: answer.headers.get('etag') ?? etag };
    if (answer.status === 304) {
      known = { ...before, ...meta };
      askedForEtag = notedEtag;
      await cache.touch(before.file, meta);
      return;
    }
    const models = parseModels(parseObject(answer.text));
    if (models.length === 0) throw invalidAnswer('models', 'it lists no models');
    known = { ...before, ...meta, models };
    askedForEtag = notedEtag;
    await cache.write(before.file, { text: answer.text, ...meta });
  }

  return {
    list() {
      const credential = credentials.peek();
      if (credential) {
        const { fetchedAtMs, version } = followAccount(credential);
        if (now() - fetchedAtMs >= lifeMs || version !== config.chatgptClientVersion) refreshBehindTheScenes();
      }
      // Without a usable token (it is about to be refreshed, say) the account is still the same one.
      return known && known.models.length > 0 ? known.models : standIn;
    },

    refresh,

    noteEtag(etag) {
      notedEtag = etag;
      // Each value is good for one list: what the backend names here need not be what it sends with the list.
      if (etag === askedForEtag || (known?.etag && bareEtag(known.etag) === bareEtag(etag))) return;
      refreshBehindTheScenes();
    },
  };
}

/** One file for each account; the name tells nobody whose. */
function cacheFileOf(account: string): string {
  return `chatgpt-models-${createHash('sha256').update(account).digest('hex').slice(0, 16)}.json`;
}

function bareEtag(etag: string): string {
  return etag.replace(/^W\//, '').replace(/^"(.*)"$/, '$1');
}

/** A `GET /codex/models` answer, in the order of its priorities; entries that cannot be read are passed over. Never throws. */
export function parseModels(answer: unknown): ModelInfo[] {
  const entries = asObject(answer)?.models;
  const models = new Map<string, { info: ModelInfo; priority: number }>();
  for (const entry of Array.isArray(entries) ? entries.slice(0, maxModels).map(asObject) : []) {
    const id = asText(entry?.slug);
    if (!entry || !id || models.has(id)) continue;
    const priority = typeof entry.priority === 'number' ? entry.priority : Number.MAX_VALUE;
    models.set(id, { info: toModelInfo(id, entry), priority });
  }
  return [...models.values()].sort((a, b) => a.priority - b.priority).map(({ info }) => info);
}

function toModelInfo(id: string, entry: Json): ModelInfo {
  const displayName = asText(entry.display_name);
  const defaultEffort = toEffort(entry.default_reasoning_level);
  const contextWindow = entry.context_window;
  const serviceTiers = toNames(entry.service_tiers, 'id');
  const inputModalities = toNames(entry.input_modalities, 'type');
  return {
    id,
    createdS: 0,
    ownedBy: 'openai',
    ...(displayName && { displayName }),
    efforts: toEfforts(entry.supported_reasoning_levels),
    ...(defaultEffort && { defaultEffort }),
    ...(typeof contextWindow === 'number' && contextWindow > 0 && { contextWindow }),
    ...((entry.visibility === 'hide' || entry.visibility === 'none') && { isHidden: true }),
    ...toFlag('hasParallelToolCalls', entry.supports_parallel_tool_calls),
    ...toFlag('hasVerbosity', entry.support_verbosity),
    ...toFlag('hasReasoningSummaries', entry.supports_reasoning_summaries),
    ...(serviceTiers && { serviceTiers }),
    ...(inputModalities && { inputModalities }),
  };
}

const effortsByStrength: readonly ReasoningEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

/** `ultra` is a mode of Codex's own client, which sends `max` for it. */
function toEffort(value: unknown): ReasoningEffort | undefined {
  return value === 'ultra' ? 'max' : effortsByStrength.find((effort) => effort === value);
}

/** Weakest first. */
function toEfforts(levels: unknown): ReasoningEffort[] {
  const efforts = new Set(toNames(levels, 'effort')?.map(toEffort));
  return effortsByStrength.filter((effort) => efforts.has(effort));
}

/** A list of names, or of objects that have their name under `key`; undefined when it is no list. */
function toNames(value: unknown, key: string): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.map((item) => asText(item) ?? asText(asObject(item)?.[key])).filter((name) => name !== undefined);
}

function toFlag<K extends keyof ModelInfo>(key: K, value: unknown): Partial<Record<K, boolean>> {
  return typeof value === 'boolean' ? ({ [key]: value } as Partial<Record<K, boolean>>) : {};
}
