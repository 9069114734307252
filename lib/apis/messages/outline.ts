/** Reads only the roles and kinds of content of Anthropic's messages, for requests that are passed on. */
import type { CanonicalInputItem } from '../../canonical/types.ts';
import { asObject, type Json } from '../../lenient-json.ts';
import type { MessagesRequest } from './schema.ts';

export function outlineMessages(messages: MessagesRequest['messages']): CanonicalInputItem[] {
  return messages.flatMap(({ role, content }) => outlineMessage(role, Array.isArray(content) ? content : []));
}

/** Tool results come before the user's words, as in a translated request. */
function outlineMessage(role: string, content: readonly unknown[]): CanonicalInputItem[] {
  const blocks = content.map((block) => asObject(block) ?? {});
  const results = blocks.filter(({ type }) => type === 'tool_result');
  const others = blocks.filter(({ type }) => type !== 'tool_result');
  const items: Json[] = results.map(({ tool_use_id, content: shown }) => ({
    type: 'function_call_output',
    call_id: tool_use_id,
    output: outlineParts(Array.isArray(shown) ? shown : []),
  }));
  const isMessage = results.length === 0 || others.length > 0;
  const message = {
    type: 'message',
    role: role === 'system' ? 'developer' : role,
    content: outlineParts(others),
  };
  return (isMessage ? [...items, message] : items) as unknown as CanonicalInputItem[];
}

function outlineParts(blocks: readonly unknown[]): Json[] {
  return blocks.filter((block) => asObject(block)?.type === 'image').map(() => ({ type: 'input_image' }));
}
