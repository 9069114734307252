/** Parses `GET /v1/models` of Anthropic and of servers of its API. Pure. */
import type { MessagesBodyOptions } from '../../apis/messages/upstream-request.ts';
import { type ReasoningEffort, reasoningEfforts } from '../../canonical/types.ts';
import { asObject, asText, type Json, parseObject } from '../../lenient-json.ts';
import { maxModels } from '../model-list.ts';
import { toMoment } from '../model-moments.ts';
import type { ModelInfo } from '../provider.ts';

export interface AnthropicModel extends ModelInfo {
  /** How it is asked to think. */
  thinking: MessagesBodyOptions['thinking'];
}

const usualEfforts: readonly ReasoningEffort[] = ['low', 'medium', 'high'];

/** Skips malformed entries and retired models. Never throws. */
export function parseModels(text: string): AnthropicModel[] {
  const listed = parseObject(text)?.data;
  const models = new Map<string, AnthropicModel>();
  for (const entry of Array.isArray(listed) ? listed.slice(0, maxModels).map(asObject) : []) {
    const id = asText(entry?.id);
    if (entry && id && id.length <= 200 && entry.lifecycle !== 'retired') models.set(id, toModelInfo(id, entry));
  }
  return [...models.values()];
}

/** Servers that list no capabilities know the older way of thinking; what they refuse is learned. */
export function toModelInfo(id: string, entry: Json = {}): AnthropicModel {
  const capabilities = asObject(entry.capabilities);
  const thinking = capabilities ? readThinking(capabilities) : id.includes('claude') ? 'budget' : 'none';
  const createdMs = Date.parse(asText(entry.created_at) ?? '');
  const displayName = asText(entry.display_name);
  return {
    id,
    createdS: createdMs > 0 ? Math.floor(createdMs / 1000) : 0,
    ownedBy: 'anthropic',
    ...(displayName && { displayName }),
    efforts: thinking === 'none' ? [] : readEfforts(capabilities),
    thinking,
    ...toCount('contextWindow', entry.max_input_tokens),
    ...toCount('maxOutputTokens', entry.max_tokens),
    ...(capabilities && { inputModalities: isSupported(capabilities.image_input) ? ['text', 'image'] : ['text'] }),
    ...toMoment('deprecatedAtS', entry.deprecated_at),
    ...toMoment('retiresAtS', entry.retires_at),
  };
}

function isSupported(capability: unknown): boolean {
  return asObject(capability)?.supported === true;
}

function readThinking({ thinking }: Json): AnthropicModel['thinking'] {
  const types = asObject(asObject(thinking)?.types);
  if (isSupported(types?.adaptive)) return 'adaptive';
  return isSupported(types?.enabled) ? 'budget' : 'none';
}

function readEfforts(capabilities: Json | undefined): ReasoningEffort[] {
  const effort = asObject(capabilities?.effort) ?? {};
  const listed = reasoningEfforts.filter((word) => isSupported(effort[word]));
  return listed.length > 0 ? listed : [...usualEfforts];
}

function toCount<K extends keyof ModelInfo>(key: K, value: unknown): Partial<Record<K, number>> {
  return Number.isInteger(value) && (value as number) > 0 ? ({ [key]: value } as Partial<Record<K, number>>) : {};
}
