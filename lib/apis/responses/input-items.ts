/** Items on their way back into a request: as clients send them, and as answers are kept. */
import type { CanonicalInputItem } from '../../canonical/types.ts';
import type { LooseItem } from './schema.ts';

/** Other items refer to them by their id. */
const idsThatCount: ReadonlySet<unknown> = new Set([
  'item_reference',
  'mcp_approval_request',
  'mcp_list_tools',
  'mcp_call',
]);

/**
 * An item in canonical form: a message says that it is one and has its content in parts. Ids, states and authors are left out,
 * as no upstream knows them and strict ones refuse them. Only ids for a look-up stay: those of references, and of reasoning
 * without its encrypted form.
 */
export function toInputItem(source: LooseItem): CanonicalInputItem {
  const { id, status: _status, created_by: _author, ...item } = source;
  const isMessage = item.type === undefined || item.type === 'message';
  if (isMessage) {
    const content = toParts(item.content, item.role === 'assistant' ? 'output_text' : 'input_text');
    return { ...item, type: 'message', content } as unknown as CanonicalInputItem;
  }
  const keepsId = idsThatCount.has(item.type) || (item.type === 'reasoning' && !item.encrypted_content);
  return { ...(keepsId && id != null && { id }), ...item } as unknown as CanonicalInputItem;
}

function toParts(content: unknown, textType: string): LooseItem[] {
  if (typeof content === 'string') return [{ type: textType, text: content }];
  return ((content ?? []) as LooseItem[]).map((part) => (part.type === 'text' ? { ...part, type: textType } : part));
}
