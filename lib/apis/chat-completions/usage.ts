import type { CanonicalUsage } from '../../canonical/types.ts';
import { asObject } from '../../lenient-json.ts';

interface ChatUsage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  prompt_tokens_details: { cached_tokens: number; cache_write_tokens?: number; audio_tokens: number };
  completion_tokens_details: {
    reasoning_tokens: number;
    audio_tokens: number;
    accepted_prediction_tokens: number;
    rejected_prediction_tokens: number;
  };
}

/** Compatible servers leave parts of the usage out. */
type UpstreamUsage = Partial<Omit<CanonicalUsage, 'input_tokens_details' | 'output_tokens_details'>> & {
  input_tokens_details?: { cached_tokens?: number; cache_write_tokens?: number } | null;
  output_tokens_details?: { reasoning_tokens?: number } | null;
};

/**
 * The usage of an answer: as in the OpenAI API, the prompt counts once for any number of choices, and the choices' tokens are
 * added up. Undefined when the upstream reported none.
 */
export function toChatUsage(choices: readonly (CanonicalUsage | null | undefined)[]): ChatUsage | undefined {
  const told = choices.filter((usage): usage is CanonicalUsage => usage != null) as UpstreamUsage[];
  const [first] = told;
  if (!first) return undefined;
  const prompt = first.input_tokens ?? 0;
  const completion = sum(told, (usage) => usage.output_tokens);
  const cacheWrite = first.input_tokens_details?.cache_write_tokens;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: (told.length === 1 ? first.total_tokens : undefined) ?? prompt + completion,
    prompt_tokens_details: {
      cached_tokens: first.input_tokens_details?.cached_tokens ?? 0,
      ...(cacheWrite !== undefined && { cache_write_tokens: cacheWrite }),
      audio_tokens: 0,
    },
    completion_tokens_details: {
      reasoning_tokens: sum(told, (usage) => usage.output_tokens_details?.reasoning_tokens),
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

function sum(usages: readonly UpstreamUsage[], pick: (usage: UpstreamUsage) => number | undefined): number {
  return usages.reduce((total, usage) => total + (pick(usage) ?? 0), 0);
}

/** An upstream's usage. Invalid counts become 0; undefined when the upstream reports no usage. */
export function fromChatUsage(value: unknown): CanonicalUsage | undefined {
  const usage = asObject(value);
  if (!usage) return undefined;
  const prompt = toCount(usage.prompt_tokens);
  const completion = toCount(usage.completion_tokens);
  const total = toCount(usage.total_tokens);
  if (prompt === undefined && completion === undefined && total === undefined) return undefined;
  const promptDetails = asObject(usage.prompt_tokens_details);
  const completionDetails = asObject(usage.completion_tokens_details);
  const cacheWrite = toCount(promptDetails?.cache_write_tokens);
  return {
    input_tokens: prompt ?? 0,
    input_tokens_details: {
      // DeepSeek's name for it, before it had the details.
      cached_tokens: toCount(promptDetails?.cached_tokens) ?? toCount(usage.prompt_cache_hit_tokens) ?? 0,
      ...(cacheWrite !== undefined && { cache_write_tokens: cacheWrite }),
    } as CanonicalUsage['input_tokens_details'],
    output_tokens: completion ?? 0,
    output_tokens_details: {
      reasoning_tokens: toCount(completionDetails?.reasoning_tokens) ?? toCount(usage.reasoning_tokens) ?? 0,
    },
    total_tokens: total ?? (prompt ?? 0) + (completion ?? 0),
  };
}

function toCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}
