/** Lists of models as Anthropic's clients read them. */

import type { ReasoningEffort } from '../../canonical/types.ts';

/** The facts of a model, under any of its names. */
interface ModelFacts {
  id: string;
  displayName?: string;
  /** Unix seconds; 0: not known. */
  createdS: number;
  /** Tokens. */
  contextWindow?: number;
  /** Tokens. */
  maxOutputTokens?: number;
  /** Weakest first. */
  efforts: readonly ReasoningEffort[];
  inputModalities?: readonly string[];
  /** Unix seconds. */
  deprecatedAtS?: number;
  retiresAtS?: number;
}

/** The default and the largest number of models on a page. */
const defaultLimit = 20;
const maxLimit = 1000;

const lifecycles = ['active', 'deprecated', 'retired'] as const;
type Lifecycle = (typeof lifecycles)[number];

function lifecycleOf({ deprecatedAtS, retiresAtS }: ModelFacts, nowS: number): Lifecycle {
  if (retiresAtS !== undefined && retiresAtS <= nowS) return 'retired';
  return deprecatedAtS === undefined && retiresAtS === undefined ? 'active' : 'deprecated';
}

/** @param nowS Unix seconds */
export function toModelObject(facts: ModelFacts, nowS: number): object {
  const { id, displayName, createdS, contextWindow, maxOutputTokens, deprecatedAtS, retiresAtS } = facts;
  return {
    type: 'model',
    id,
    display_name: displayName ?? id,
    // Anthropic, too, gives the epoch for a model of unknown age.
    created_at: toTimestamp(createdS),
    lifecycle: lifecycleOf(facts, nowS),
    line: /haiku|sonnet|opus|fable|mythos/.exec(id)?.[0] ?? null,
    deprecated_at: deprecatedAtS === undefined ? null : toTimestamp(deprecatedAtS),
    retires_at: retiresAtS === undefined ? null : toTimestamp(retiresAtS),
    max_input_tokens: contextWindow ?? null,
    max_tokens: maxOutputTokens ?? null,
    capabilities: toCapabilities(facts),
  };
}

/** The efforts that requests of this API may name. */
const requestEfforts = ['low', 'medium', 'high', 'xhigh', 'max'] as const;

/** What this server does with a request for the model; what an upstream adds to that is not known. */
function toCapabilities({ efforts, inputModalities }: ModelFacts): object {
  const of = (supported: boolean) => ({ supported });
  const thinks = efforts.length > 0;
  // A model whose modalities are not known is sent what comes.
  const seesImages = inputModalities?.includes('image') ?? true;
  return {
    batch: of(false),
    citations: of(false),
    code_execution: of(false),
    context_management: {
      supported: false,
      ...{ clear_thinking_20251015: null, clear_tool_uses_20250919: null, compact_20260112: null },
    },
    effort: {
      supported: thinks,
      ...Object.fromEntries(requestEfforts.map((effort) => [effort, of(efforts.includes(effort))])),
    },
    image_input: of(seesImages),
    pdf_input: of(seesImages),
    server_tools: { supported: true, code_execution: of(false), web_search: of(true) },
    structured_outputs: of(true),
    thinking: {
      supported: thinks,
      types: { adaptive: of(thinks), between_tools: of(true), disabled: of(true), enabled: of(thinks) },
    },
  };
}

function toTimestamp(createdS: number): string {
  const date = new Date(createdS * 1000);
  return (Number.isNaN(date.getTime()) ? new Date(0) : date).toISOString().replace(/\.\d+/, '');
}

/**
 * One page of a list, by the query's `limit`, `after_id`, `before_id` and `lifecycle` (by default all that are not retired);
 * invalid values are ignored.
 * @param nowS Unix seconds
 */
export function toModelPage(
  all: readonly ModelFacts[],
  { limit, after_id, before_id, lifecycle, 'lifecycle[]': listed = lifecycle }: Readonly<Record<string, unknown>>,
  nowS: number,
): object {
  const named = lifecycles.filter((each) => [listed].flat().includes(each));
  const wanted: readonly Lifecycle[] = named.length > 0 ? named : ['active', 'deprecated'];
  const models = all.filter((facts) => wanted.includes(lifecycleOf(facts, nowS)));
  const asked = Number(limit);
  const size = Number.isInteger(asked) && asked > 0 ? Math.min(asked, maxLimit) : defaultLimit;
  const after = models.findIndex(({ id }) => id === after_id);
  const before = models.findIndex(({ id }) => id === before_id);
  const end = before >= 0 ? before : models.length;
  // With `before_id`, a page holds the last models before the named one.
  const start = before >= 0 ? Math.max(after + 1, end - size) : after + 1;
  const page = models.slice(start, Math.min(start + size, end));
  return {
    data: page.map((facts) => toModelObject(facts, nowS)),
    has_more: before >= 0 ? start > after + 1 : start + page.length < models.length,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  };
}
