/** Lists of models as Anthropic's clients read them. */

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
}

/** The default and the largest number of models on a page. */
const defaultLimit = 20;
const maxLimit = 1000;

export function toModelObject({ id, displayName, createdS, contextWindow, maxOutputTokens }: ModelFacts): object {
  return {
    type: 'model',
    id,
    display_name: displayName ?? id,
    // Anthropic, too, gives the epoch for a model of unknown age.
    created_at: toTimestamp(createdS),
    max_input_tokens: contextWindow ?? null,
    max_tokens: maxOutputTokens ?? null,
  };
}

function toTimestamp(createdS: number): string {
  const date = new Date(createdS * 1000);
  return (Number.isNaN(date.getTime()) ? new Date(0) : date).toISOString().replace(/\.\d+/, '');
}

/** One page of a list, by the query's `limit`, `after_id` and `before_id`; invalid values are ignored. */
export function toModelPage(
  models: readonly ModelFacts[],
  { limit, after_id, before_id }: Readonly<Record<string, unknown>>,
): object {
  const asked = Number(limit);
  const size = Number.isInteger(asked) && asked > 0 ? Math.min(asked, maxLimit) : defaultLimit;
  const after = models.findIndex(({ id }) => id === after_id);
  const before = models.findIndex(({ id }) => id === before_id);
  const end = before >= 0 ? before : models.length;
  // With `before_id`, a page holds the last models before the named one.
  const start = before >= 0 ? Math.max(after + 1, end - size) : after + 1;
  const page = models.slice(start, Math.min(start + size, end));
  return {
    data: page.map(toModelObject),
    has_more: before >= 0 ? start > after + 1 : start + page.length < models.length,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  };
}
