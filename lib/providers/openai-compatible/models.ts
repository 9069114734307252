/** Parses `GET /models` of OpenAI-compatible servers, in their various forms. Pure. */
import type { ReasoningEffort } from '../../canonical/types.ts';
import { asObject, asText, type Json, parseObject } from '../../lenient-json.ts';
import { toMoment } from '../model-moments.ts';
import type { ModelInfo } from '../provider.ts';

/** Entries of a list that are read; OpenRouter has some hundreds (2026). */
const maxModels = 2000;

/** Names of models that take a reasoning effort, on any server. */
const reasoningName = /(?:^|[/:])(?:gpt-(?:oss|[5-9])|o[1-9](?:-|$)|grok-3-mini|codex)/i;
const embeddingsName = /embed|(?:^|[/:._-])(?:bge|e5|gte|sbert|minilm|jina-clip)(?:[._:-]|$)|all-mpnet/i;
const imagesName = /(?:^|[/:])(?:dall-e|gpt-image|chatgpt-image|flux|sdxl|stable-diffusion|imagen)/i;

const usualEfforts: ReasoningEffort[] = ['low', 'medium', 'high'];

/** Where servers say how many tokens a model takes: vLLM, OpenRouter and others, LM Studio, llama.cpp (in `meta`). */
const contextKeys = ['max_model_len', 'context_length', 'context_window', 'max_context_length', 'n_ctx', 'n_ctx_train'];

/**
 * The models of an answer: `{data: […]}` as OpenAI has it, `{models: […]}` (Ollama's own form), or the list alone; of
 * objects or of names. Skips malformed entries. Never throws.
 */
export function parseModels(text: string): ModelInfo[] {
  const models = new Map<string, ModelInfo>();
  for (const entry of readEntries(text).slice(0, maxModels)) {
    const object = asObject(entry) ?? {};
    const id = asText(entry) ?? asText(object.id) ?? asText(object.model) ?? asText(object.name);
    if (id !== undefined && id.length <= 200 && !models.has(id)) models.set(id, toModelInfo(id, object));
  }
  return [...models.values()];
}

function readEntries(text: string): unknown[] {
  const body = parseObject(text);
  for (const list of [body?.data, body?.models]) if (Array.isArray(list)) return list;
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

/** A model with at least a known name. */
export function toModelInfo(id: string, entry: Json = {}): ModelInfo {
  const { created, display_name: displayName, architecture, top_provider: topProvider } = entry;
  const contextWindow = readNumber([entry, asObject(entry.meta), asObject(topProvider)], contextKeys);
  const maxOutputTokens = readNumber([entry, asObject(topProvider)], ['max_completion_tokens', 'max_output_tokens']);
  const inputModalities = toTexts(asObject(architecture)?.input_modalities);
  const takes = toTexts(entry.supported_parameters);
  const purpose = toPurpose(id, entry);
  return {
    id,
    createdS: typeof created === 'number' && created > 0 ? Math.floor(created) : 0,
    ownedBy: asText(entry.owned_by) ?? 'unknown',
    ...(asText(displayName) && { displayName: displayName as string }),
    efforts: purpose === undefined && takesEffort(id, takes) ? usualEfforts : [],
    ...(contextWindow && { contextWindow }),
    ...(maxOutputTokens && { maxOutputTokens }),
    ...(inputModalities && { inputModalities }),
    ...(takes && { hasTools: takes.includes('tools') }),
    ...(purpose && { purpose }),
    ...toMoment('retiresAtS', entry.shutdown_date),
  };
}

function takesEffort(id: string, takes: readonly string[] | undefined): boolean {
  return takes ? takes.includes('reasoning') || takes.includes('reasoning_effort') : reasoningName.test(id);
}

/** By what the entry says (LM Studio and Together in `type`, OpenRouter in its architecture), else by the name. */
function toPurpose(id: string, entry: Json): ModelInfo['purpose'] {
  const outputs = toTexts(asObject(entry.architecture)?.output_modalities) ?? [];
  const kind = [asText(entry.type) ?? '', ...outputs].join(' ');
  if (/embedding/i.test(kind)) return 'embeddings';
  if (/\bllm\b|\bvlm\b|\bchat\b|\btext\b/i.test(kind)) return undefined;
  if (/\bimage\b/i.test(kind)) return 'images';
  if (embeddingsName.test(id)) return 'embeddings';
  return imagesName.test(id) ? 'images' : undefined;
}

function readNumber(sources: readonly (Json | undefined)[], keys: readonly string[]): number | undefined {
  for (const source of sources) {
    for (const key of keys) {
      const value = source?.[key];
      if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
    }
  }
  return undefined;
}

function toTexts(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.map(asText).filter((text) => text !== undefined) : undefined;
}
