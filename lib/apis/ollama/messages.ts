/** Ollama's messages → canonical input items, through Chat messages: they differ in the form of calls and images. */
import type { CanonicalInputItem } from '../../canonical/types.ts';
import { fromStatefulId } from '../call-id-state.ts';
import type { ChatMessage, ContentPart } from '../chat-completions/message-schema.ts';
import { toInput } from '../chat-completions/messages.ts';
import { toDataUrl } from './images.ts';
import type { OllamaMessage, OllamaToolCall } from './schema.ts';

interface Call {
  readonly id: string;
  /** Index of the calling message. */
  readonly messageIndex: number;
  isAnswered: boolean;
}

/** The calls that no tool message has answered yet. Each is looked at once, however many there are. */
class OpenCalls {
  readonly #every: Call[] = [];
  readonly #byId = new Map<string, Call[]>();
  readonly #states = new Map<string, string>();
  /** Those of the newest message that calls, all of them and by name. */
  #newest: Call[] = [];
  #byName = new Map<string, Call[]>();
  /** How many calls at the start of a list have been answered. */
  readonly #answered = new Map<Call[], number>();

  /** A message with calls begins: later outputs of earlier calls have to name their call. */
  beginMessage(): void {
    this.#newest = [];
    this.#byName = new Map();
  }

  add(id: string, name: string, messageIndex: number, encrypted?: string): void {
    if (encrypted) this.#states.set(id, encrypted);
    const call = { id, messageIndex, isAnswered: false };
    this.#every.push(call);
    this.#newest.push(call);
    addTo(this.#byId, id, call);
    addTo(this.#byName, name, call);
  }

  /**
   * The call that a tool message answers: the one it names, else the oldest of the tool it names, else the oldest of all, for
   * some clients name neither. Undefined: all have been answered.
   */
  answer(id: string | undefined, name: string | undefined): Call | undefined {
    if (id !== undefined && this.#byId.has(id)) return this.#takeOldest(this.#byId.get(id));
    const named = name === undefined ? undefined : this.#takeOldest(this.#byName.get(name));
    return named ?? this.#takeOldest(this.#newest);
  }

  /** What the server that made the call gave beside it. */
  stateOf(id: string): string | undefined {
    return this.#states.get(id);
  }

  unanswered(): readonly Call[] {
    return this.#every.filter(({ isAnswered }) => !isAnswered);
  }

  #takeOldest(calls: Call[] = []): Call | undefined {
    let index = this.#answered.get(calls) ?? 0;
    while (calls[index]?.isAnswered) index += 1;
    this.#answered.set(calls, index);
    const call = calls[index];
    if (call) call.isAnswered = true;
    return call;
  }
}

function addTo(lists: Map<string, Call[]>, key: string, call: Call): void {
  const list = lists.get(key) ?? [];
  list.push(call);
  lists.set(key, list);
}

/**
 * Ollama accepts any history, so clients cut theirs off anywhere. Here an output without its call becomes a user message, and a
 * call without an output gets an empty one.
 * @throws OpenCompatError as `toInput`, and OC_INVALID_VALUE for invalid images
 */
export function toInputItems(messages: readonly OllamaMessage[]): CanonicalInputItem[] {
  const calls = new OpenCalls();
  const turns = messages.map((message, index) => [toChatMessage(message, index, calls)]);
  for (const { id, messageIndex } of calls.unanswered()) {
    turns[messageIndex]!.push({ role: 'tool', tool_call_id: id, content: '' });
  }
  return toInput(turns.flat()).flatMap((item) => {
    const encrypted = item.type === 'function_call' ? calls.stateOf(item.call_id) : undefined;
    return encrypted ? [{ type: 'reasoning', summary: [], encrypted_content: encrypted } as never, item] : [item];
  });
}

function toChatMessage(message: OllamaMessage, index: number, calls: OpenCalls): ChatMessage {
  const param = `messages[${index}].images`;
  const content = message.content ?? '';
  switch (message.role) {
    case 'system':
    case 'developer':
      return { role: message.role, content };
    case 'user':
      return { role: 'user', content: withImages(content, message.images, param) };
    case 'assistant':
      if (message.tool_calls?.length) calls.beginMessage();
      return {
        role: 'assistant',
        content,
        ...(message.thinking && { reasoning_content: message.thinking }),
        tool_calls: (message.tool_calls ?? []).map((call, position) => {
          const { callId: id, encrypted } = fromStatefulId(call.id || `call_${index}_${position}`);
          calls.add(id, call.function.name, index, encrypted);
          return { type: 'function', id, function: { name: call.function.name, arguments: toJsonText(call) } };
        }),
      };
    case 'tool': {
      const name = message.tool_name || message.name || undefined;
      const call = calls.answer(message.tool_call_id ? fromStatefulId(message.tool_call_id).callId : undefined, name);
      if (call) return { role: 'tool', tool_call_id: call.id, content: withImages(content, message.images, param) };
      return {
        role: 'user',
        content: withImages(`Output of the tool${name ? ` ${name}` : ''}:\n${content}`, message.images, param),
      };
    }
  }
}

function toJsonText({ function: { arguments: args } }: OllamaToolCall): string {
  return typeof args === 'string' ? args : JSON.stringify(args ?? {});
}

/** The text, and the images behind it. */
export function withImages(
  text: string,
  images: readonly string[] | null | undefined,
  param: string,
): string | ContentPart[] {
  if (!images?.length) return text;
  const parts: ContentPart[] = images.map((image, index) => ({
    type: 'image_url',
    image_url: { url: toDataUrl(image, `${param}[${index}]`) },
  }));
  return text === '' ? parts : [{ type: 'text', text }, ...parts];
}
