/** The list of a kept request's input items, page by page. */
import type { CanonicalInputItem } from '../../canonical/types.ts';

export interface InputPage {
  limit: number;
  order: 'asc' | 'desc';
  /** Id of the last item of the previous page. */
  after?: string;
}

/** Undefined when no item has the id `after`. */
export function listInputItems(
  responseId: string,
  input: readonly CanonicalInputItem[],
  { limit, order, after }: InputPage,
): object | undefined {
  const items = input.map((item, index) =>
    toListed(item, `${prefixes[item.type ?? ''] ?? 'item'}_${responseId}_${index}`),
  );
  if (order === 'desc') items.reverse();
  const start = after === undefined ? 0 : items.findIndex(({ id }) => id === after) + 1;
  if (after !== undefined && start === 0) return undefined;
  const data = items.slice(start, start + limit);
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: start + data.length < items.length,
  };
}

const prefixes: Readonly<Record<string, string>> = { message: 'msg', function_call: 'fc', reasoning: 'rs' };

function toListed(item: CanonicalInputItem, id: string): { id: string } {
  return { id, ...(item.type === 'message' && { status: 'completed' }), ...item } as { id: string };
}
