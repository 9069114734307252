/**
 * The order of messages that the chat templates of all models take: instructions at the beginning and nowhere else, then the
 * user and the assistant in turn, the user first. Qwen's, Mistral's, Gemma's and other templates refuse anything else
 * (seen 2026), and servers of OpenAI's own models take this order as well.
 */
import type { Json } from '../../lenient-json.ts';

export interface TemplateOptions {
  /** Does the template know instructions at all? Without, the user tells them (Gemma 2). Default true. */
  hasInstructions?: boolean;
  /**
   * Does the user speak behind the outputs of tools? Mistral's server and its template refuse it ("Unexpected role 'user' after
   * role 'tool'", "roles must alternate"; seen 2026). Default true.
   */
  mayFollowTools?: boolean;
}

/** Said for a user who has not said anything. */
const beginning = '(The conversation begins.)';
/** Said for a user behind whose words nothing stands but the assistant's. */
const goingOn = '(Go on.)';
/** Said for an assistant who was told more before it had answered the outputs of its tools. */
const outputsRead = '(The output is there.)';

/** Instructions that come later are told by the user, and what one side says in several messages becomes one of them. */
export function toTemplateOrder(
  messages: readonly Json[],
  { hasInstructions = true, mayFollowTools = true }: TemplateOptions = {},
): Json[] {
  const firstOther = messages.findIndex((message) => !isInstruction(message));
  // Instructions alone are what the user says.
  const leading = hasInstructions && firstOther > 0 ? messages.slice(0, firstOther) : [];
  const told = messages
    .slice(leading.length)
    .map((message) => (isInstruction(message) ? { ...message, role: 'user' } : message));
  if (told[0]?.role !== 'user') told.unshift({ role: 'user', content: beginning });
  const instructions = leading.map((message) => ({ ...message, role: leading[0]!.role }));
  return [...joinRuns(instructions), ...joinRuns(mayFollowTools ? told : told.flatMap(answerOutputs))];
}

/** For servers that do not go on with what the assistant has begun, unless the client has asked for that in their words. */
export function withLastWordOfUser(messages: readonly Json[]): Json[] {
  const last = messages.at(-1);
  const isOpen = last?.role === 'assistant' && !last.tool_calls && last.prefix !== true;
  return isOpen ? [...messages, { role: 'user', content: goingOn }] : [...messages];
}

function answerOutputs(message: Json, index: number, messages: readonly Json[]): Json[] {
  const isBehindTool = message.role === 'user' && messages[index - 1]?.role === 'tool';
  return isBehindTool ? [{ role: 'assistant', content: outputsRead }, message] : [message];
}

function isInstruction({ role }: Json): boolean {
  return role === 'system' || role === 'developer';
}

/** Messages of one side that follow each other, as one. */
function joinRuns(messages: readonly Json[]): Json[] {
  const runs: Json[][] = [];
  for (const message of messages) {
    const run = runs.at(-1);
    if (run && isJoined(run.at(-1)!, message)) run.push(message);
    else runs.push([message]);
  }
  return runs.map((run) => (run.length === 1 ? run[0]! : { ...run[0], ...run.at(-1), content: joinContents(run) }));
}

/** Calls end a message: their outputs come next. */
function isJoined(last: Json, message: Json): boolean {
  return last.role === message.role && message.role !== 'tool' && !last.tool_calls && isPlain(last, message);
}

/** Is nothing lost when the second one's fields stand for both? */
function isPlain(first: Json, second: Json): boolean {
  return Object.keys(first).every((key) => key === 'role' || key === 'content' || first[key] === second[key]);
}

function joinContents(run: readonly Json[]): unknown {
  const contents = run.map(({ content }) => content);
  if (contents.every((content) => typeof content === 'string')) return contents.filter(Boolean).join('\n\n');
  return contents.flatMap(toParts);
}

function toParts(content: unknown): unknown[] {
  if (Array.isArray(content)) return content;
  return typeof content === 'string' && content !== '' ? [{ type: 'text', text: content }] : [];
}
