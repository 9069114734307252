/** The models that the account's seat offers. */

import { asObject, asText, type Json, parseObject } from '../../lenient-json.ts';
import type { Logger } from '../../log.ts';
import { sortEfforts } from '../efforts.ts';
import { createModelList, type ModelList, maxModels } from '../model-list.ts';
import type { ModelInfo } from '../provider.ts';
import { type CopilotPath, copilotPaths } from './backend.ts';
import type { CopilotConfig } from './config.ts';
import type { CopilotCredentials } from './credentials.ts';
import { type ModelPrices, readPrices } from './credits.ts';
import { getFromCopilot } from './get.ts';
import type { CopilotHeadersConfig } from './headers.ts';
import { copilotTitle } from './names.ts';

export interface CopilotModel extends ModelInfo {
  /** The paths for the model, from the list; the first known ones. */
  paths: readonly CopilotPath[];
  /** Does it take `dimensions`? Of embeddings. */
  hasDimensions?: boolean;
  /** Absent: the list does not tell them. */
  prices?: ModelPrices;
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

export function createCopilotModels({
  config,
  credentials,
  ...options
}: CopilotModelsOptions): ModelList<CopilotModel> {
  const { copilotModels } = config;
  return createModelList({
    ...options,
    config,
    provider: { name: 'copilot', title: copilotTitle },
    peekAccount: () => credentials.peek(),
    async open() {
      const token = await credentials.get();
      return {
        account: credentials.peek() ?? '',
        ask: (question) => getFromCopilot(config, credentials, token, '/models', question),
      };
    },
    parse: (text) => parseModels(parseObject(text)),
    version: config.copilotApiVersion,
    isStandInGiven: copilotModels.length > 0,
    standIn: copilotModels.length > 0 ? copilotModels.map(assumeModel) : fallbackModels,
  });
}

const reasoningFamily = /^(?:gpt-(?:[5-9]|\d\d)|o\d)/;

/** A model that no list has: assumed to be like others of its name. */
export function assumeModel(id: string): CopilotModel {
  const model = { id, createdS: 0, ownedBy: 'github-copilot' };
  if (id.includes('embedding')) return { ...model, efforts: [], purpose: 'embeddings', paths: [] };
  if (id.startsWith('claude-')) return { ...model, efforts: [], paths: ['/chat/completions', '/v1/messages'] };
  if (!reasoningFamily.test(id)) return { ...model, efforts: [], paths: ['/chat/completions'] };
  return { ...model, efforts: ['low', 'medium', 'high'], paths: ['/responses', '/chat/completions'] };
}

/** What Copilot seats offered in 2026: for the seconds until the account's own list is known. */
export const fallbackModels: readonly CopilotModel[] = [
  'gpt-5.4',
  'gpt-5.4-mini',
  'gpt-5.1-codex',
  'gpt-4.1',
  'gpt-4o',
  'claude-opus-4.5',
  'claude-sonnet-4.5',
  'claude-haiku-4.5',
  'gemini-2.5-pro',
  'text-embedding-3-small',
].map(assumeModel);

/**
 * A `GET /models` answer, in its order; skips malformed entries, and models that neither answer nor embed. Of several entries
 * with one id, the first in the model picker counts. Never throws.
 */
export function parseModels(answer: unknown): CopilotModel[] {
  const entries = asObject(answer)?.data;
  const models = new Map<string, CopilotModel>();
  for (const entry of Array.isArray(entries) ? entries.slice(0, maxModels).map(asObject) : []) {
    const model = entry && toModel(entry);
    if (!model) continue;
    const known = models.get(model.id);
    if (!known || (known.isHidden && !model.isHidden)) models.set(model.id, model);
  }
  return [...models.values()];
}

function toModel(entry: Json): CopilotModel | undefined {
  const id = asText(entry.id);
  const { type = 'chat', limits, supports } = asObject(entry.capabilities) ?? {};
  if (!id || (type !== 'chat' && type !== 'embeddings')) return undefined;
  const isEmbeddings = type === 'embeddings';
  const has = asObject(supports) ?? {};
  const bounds = asObject(limits) ?? {};
  const displayName = asText(entry.name);
  const prices = readPrices(entry.billing);
  // The picker leaves out all embeddings models, so for them it decides nothing.
  const isHidden =
    (!isEmbeddings && entry.model_picker_enabled === false) || asObject(entry.policy)?.state === 'disabled';
  return {
    id,
    createdS: 0,
    ownedBy: asText(entry.vendor) ?? 'github-copilot',
    ...(displayName && { displayName }),
    efforts: sortEfforts(has.reasoning_effort),
    ...toCount('contextWindow', bounds.max_context_window_tokens),
    ...toCount('maxOutputTokens', bounds.max_output_tokens),
    ...(isHidden && { isHidden }),
    ...toFlag('hasTools', has.tool_calls),
    ...toFlag('hasParallelToolCalls', has.parallel_tool_calls),
    ...(typeof has.vision === 'boolean' && { inputModalities: has.vision ? ['text', 'image'] : ['text'] }),
    ...(has.adaptive_thinking === true
      ? { thinking: 'adaptive' as const }
      : toBudget(has.max_thinking_budget) && { thinking: 'budget' as const }),
    ...(prices && { prices }),
    ...(isEmbeddings && { purpose: 'embeddings' as const, hasDimensions: has.dimensions === true }),
    paths: isEmbeddings ? [] : toPaths(entry.supported_endpoints),
  };
}

/** The Responses API over a WebSocket; its models are asked over HTTP too. */
const socketPath = 'ws:/responses';

/** A model without paths is from the time when there was only one. */
function toPaths(endpoints: unknown): CopilotPath[] {
  const listed = new Set(Array.isArray(endpoints) ? endpoints : []);
  if (listed.has(socketPath)) listed.add('/responses');
  const paths = copilotPaths.filter((path) => listed.has(path));
  return paths.length > 0 ? paths : ['/chat/completions'];
}

function toBudget(tokens: unknown): boolean {
  return typeof tokens === 'number' && tokens > 0;
}

function toFlag<K extends keyof ModelInfo>(key: K, value: unknown): Partial<Record<K, boolean>> {
  return typeof value === 'boolean' ? ({ [key]: value } as Partial<Record<K, boolean>>) : {};
}

function toCount<K extends keyof ModelInfo>(key: K, value: unknown): Partial<Record<K, number>> {
  return Number.isInteger(value) && (value as number) > 0 ? ({ [key]: value } as Partial<Record<K, number>>) : {};
}
