/** Ollama's messages → canonical input items, by way of Chat messages: they differ in how calls and images are written. */
import type { CanonicalInputItem } from '../../canonical/types.ts';
import type { ChatMessage, ContentPart } from '../chat-completions/message-schema.ts';
import { toInput } from '../chat-completions/messages.ts';
import { toDataUrl } from './images.ts';
import type { OllamaMessage, OllamaToolCall } from './schema.ts';

interface Call {
  readonly id: string;
  isAnswered: boolean;
}

/** The calls that no tool message has answered yet. Each is looked at once, however many there are. */
class OpenCalls {
  readonly #all: Call[] = [];
  readonly #byId = new Map<string, Call[]>();
  readonly #byName = new Map<string, Call[]>();
  /** How many calls at the start of a list have been answered. */
  readonly #answered = new Map<Call[], number>();

  add(id: string, name: string): void {
    const call = { id, isAnswered: false };
    this.#all.push(call);
    for (const [lists, key] of [
      [this.#byId, id],
      [this.#byName, name],
    ] as const) {
      const list = lists.get(key) ?? [];
      list.push(call);
      lists.set(key, list);
    }
  }

  /**
   * The id of the call that a tool message answers: the one it names, else the oldest of the tool it names, else the oldest
   * of all, for some clients name neither.
   */
  answer(id: string | undefined, name: string | undefined): string {
    if (id !== undefined) {
      this.#takeOldest(this.#byId.get(id));
      return id;
    }
    const named = name === undefined ? undefined : this.#takeOldest(this.#byName.get(name));
    return (named ?? this.#takeOldest(this.#all))?.id ?? name ?? '';
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

/** @throws OpenCompatError as `toInput`, and OC_INVALID_VALUE for what is no image */
export function toInputItems(messages: readonly OllamaMessage[]): CanonicalInputItem[] {
  const openCalls = new OpenCalls();

  function toChatMessage(message: OllamaMessage, index: number): ChatMessage {
    const param = `messages[${index}].images`;
    const content = message.content ?? '';
    switch (message.role) {
      case 'system':
      case 'developer':
        return { role: message.role, content };
      case 'user':
        return { role: 'user', content: withImages(content, message.images, param) };
      case 'assistant':
        return {
          role: 'assistant',
          content,
          tool_calls: (message.tool_calls ?? []).map((call, position) => {
            const id = call.id || `call_${index}_${position}`;
            openCalls.add(id, call.function.name);
            return { type: 'function', id, function: { name: call.function.name, arguments: toJsonText(call) } };
          }),
        };
      case 'tool': {
        const id = openCalls.answer(message.tool_call_id || undefined, message.tool_name || message.name || undefined);
        return { role: 'tool', tool_call_id: id, content: withImages(content, message.images, param) };
      }
    }
  }
  return toInput(messages.map(toChatMessage));
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
