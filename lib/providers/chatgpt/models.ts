/** The account's models. Every model of its list is listed here, even if its entry asks for a newer client. */

import type { ReasoningEffort } from '../../canonical/types.ts';
import { asObject, asText, type Json, parseObject } from '../../lenient-json.ts';
import type { Logger } from '../../log.ts';
import { createModelList, type ModelList, maxModels } from '../model-list.ts';
import type { ModelInfo } from '../provider.ts';
import type { ChatGptConfig } from './config.ts';
import type { ChatGptCredential } from './credential.ts';
import { assumeModel, fallbackModels } from './fallback-models.ts';
import { getFromChatGpt } from './get.ts';

export interface ChatGptModelsOptions {
  config: Pick<
    ChatGptConfig,
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

const accountOf = ({ accountId, email }: ChatGptCredential) => accountId ?? email ?? '';

export function createChatGptModels({ config, credentials, ...options }: ChatGptModelsOptions): ModelList {
  const { chatgptClientVersion: version, chatgptModels } = config;
  const path = `/codex/models?client_version=${encodeURIComponent(version)}`;
  return createModelList({
    ...options,
    config,
    provider: { name: 'chatgpt', title: 'ChatGPT' },
    peekAccount() {
      const credential = credentials.peek();
      return credential && accountOf(credential);
    },
    async open() {
      const credential = await credentials.get();
      return {
        account: accountOf(credential),
        ask: (question) => getFromChatGpt(config, credential, path, question),
      };
    },
    parse: (text) => parseModels(parseObject(text)),
    version,
    isStandInGiven: chatgptModels.length > 0,
    standIn: chatgptModels.length > 0 ? chatgptModels.map(assumeModel) : fallbackModels,
  });
}

/** A `GET /codex/models` answer, in the order of its priorities; skips malformed entries. Never throws. */
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

/** A list of names, or of objects that have their name under `key`; undefined if it is not a list. */
function toNames(value: unknown, key: string): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.map((item) => asText(item) ?? asText(asObject(item)?.[key])).filter((name) => name !== undefined);
}

function toFlag<K extends keyof ModelInfo>(key: K, value: unknown): Partial<Record<K, boolean>> {
  return typeof value === 'boolean' ? ({ [key]: value } as Partial<Record<K, boolean>>) : {};
}
