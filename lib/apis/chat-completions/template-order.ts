/**
 * The order of messages that the chat templates of all models take: instructions at the beginning and nowhere else, then the
 * user and the assistant in turn, the user first. Qwen's, Mistral's, Gemma's and other templates refuse anything else
 * (seen 2026), and servers of OpenAI's own models take this order as well.
 */
import type { Json } from '../../lenient-json.ts';

export interface TemplateOptions {
  /** Does the template know instructions at all? Without, the user tells them (Gemma 2). Default true. */
  hasInstructions?: boolean;
}

/** Said for a user who has not said anything. */
const beginning = '(The conversation begins.)';

/** Instructions that come later are told by the user, and what one side says in several messages becomes one of them. */
export function toTemplateOrder(messages: readonly Json[], { hasInstructions = true }: TemplateOptions = {}): Json[] {
  const firstOther = messages.findIndex((message) => !isInstruction(message));
  // Instructions alone are what the user says.
  const leading = hasInstructions && firstOther > 0 ? messages.slice(0, firstOther) : [];
  const ordered = leading.map((message) => ({ ...message, role: leading[0]!.role })).reduce(join, []);
  const start = ordered.length;
  for (const message of messages.slice(leading.length)) {
    const told = isInstruction(message) ? { ...message, role: 'user' } : message;
    if (ordered.length === start && told.role !== 'user') ordered.push({ role: 'user', content: beginning });
    join(ordered, told);
  }
  return ordered;
}

function isInstruction({ role }: Json): boolean {
  return role === 'system' || role === 'developer';
}

/** Adds a message, or what it says to the one before of the same side. Calls end a message: their outputs come next. */
function join(messages: Json[], message: Json): Json[] {
  const last = messages.at(-1);
  const isJoined =
    last?.role === message.role && message.role !== 'tool' && !last?.tool_calls && isPlain(last!, message);
  if (!isJoined) messages.push(message);
  else messages[messages.length - 1] = { ...last, ...message, content: joinContent(last!.content, message.content) };
  return messages;
}

/** Is nothing lost when the second one's fields stand for both? */
function isPlain(first: Json, second: Json): boolean {
  return Object.keys(first).every((key) => key === 'role' || key === 'content' || first[key] === second[key]);
}

function joinContent(first: unknown, second: unknown): unknown {
  if (typeof first === 'string' && typeof second === 'string') return [first, second].filter(Boolean).join('\n\n');
  return [...toParts(first), ...toParts(second)];
}

function toParts(content: unknown): unknown[] {
  if (Array.isArray(content)) return content;
  return typeof content === 'string' && content !== '' ? [{ type: 'text', text: content }] : [];
}
