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
  const runs: Run[] = [];
  for (const message of leading) addTo(runs, { ...message, role: leading[0]!.role });
  const start = runs.length;
  for (const message of messages.slice(leading.length)) {
    const told = isInstruction(message) ? { ...message, role: 'user' } : message;
    if (runs.length === start && told.role !== 'user') addTo(runs, { role: 'user', content: beginning });
    addTo(runs, told);
  }
  return runs.map(({ message, contents }) =>
    contents.length > 1 ? { ...message, content: joinContents(contents) } : message,
  );
}

/** What one side says in several messages: joined at the end, since to join them one by one would copy all again each time. */
interface Run {
  /** The fields that stand for all of them. */
  message: Json;
  contents: unknown[];
}

function isInstruction({ role }: Json): boolean {
  return role === 'system' || role === 'developer';
}

/** Adds a message, or what it says to the one before of the same side. Calls end a message: their outputs come next. */
function addTo(runs: Run[], message: Json): void {
  const last = runs.at(-1);
  const before = last?.message;
  const isJoined =
    before?.role === message.role && message.role !== 'tool' && !before?.tool_calls && isPlain(before!, message);
  if (!isJoined) {
    runs.push({ message, contents: [message.content] });
    return;
  }
  last!.message = { ...before, ...message };
  last!.contents.push(message.content);
}

/** Is nothing lost when the second one's fields stand for both? */
function isPlain(first: Json, second: Json): boolean {
  return Object.keys(first).every((key) => key === 'role' || key === 'content' || first[key] === second[key]);
}

/** Texts alone make one text. */
function joinContents(contents: readonly unknown[]): unknown {
  const firstOther = contents.findIndex((content) => typeof content !== 'string');
  const texts = contents.slice(0, firstOther < 0 ? undefined : firstOther);
  const text = texts.filter(Boolean).join('\n\n');
  return firstOther < 0 ? text : [text, ...contents.slice(firstOther)].flatMap(toParts);
}

function toParts(content: unknown): unknown[] {
  if (Array.isArray(content)) return content;
  return typeof content === 'string' && content !== '' ? [{ type: 'text', text: content }] : [];
}
