/** Ollama's messages → canonical input items, by way of Chat messages: they differ in how calls and images are written. */
import type { CanonicalInputItem } from '../../canonical.ts';
import { toInput } from '../chat-completions/messages.ts';
import type { ChatMessage, ContentPart } from '../chat-completions/schema.ts';
import { toDataUrl } from './images.ts';
import type { OllamaMessage, OllamaToolCall } from './schema.ts';

/** A call that no tool message has answered yet. */
interface OpenCall {
  id: string;
  name: string;
}

/** @throws OpenCompatError as `toInput`, and OC_INVALID_VALUE for what is no image */
export function toInputItems(messages: readonly OllamaMessage[]): CanonicalInputItem[] {
  /** The oldest first. */
  const openCalls: OpenCall[] = [];

  function toChatMessage(message: OllamaMessage, index: number): ChatMessage {
    const param = `messages[${index}]`;
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
            openCalls.push({ id, name: call.function.name });
            return { type: 'function', id, function: { name: call.function.name, arguments: toJsonText(call) } };
          }),
        };
      case 'tool': {
        const id = takeCall(
          openCalls,
          message.tool_call_id || undefined,
          message.tool_name || message.name || undefined,
        );
        return { role: 'tool', tool_call_id: id, content: withImages(content, message.images, param) };
      }
    }
  }
  return toInput(messages.map(toChatMessage));
}

/**
 * The id of the call that a tool message answers: the one it names, else the oldest open call of the tool it names, else
 * the oldest open call, for some clients name neither.
 */
function takeCall(openCalls: OpenCall[], id: string | undefined, name: string | undefined): string {
  const byId = openCalls.findIndex((call) => call.id === id);
  if (id !== undefined && byId < 0) return id;
  const byName = openCalls.findIndex((call) => call.name === name);
  const found = byId >= 0 ? byId : Math.max(byName, 0);
  const [call] = openCalls.splice(found, 1);
  return call?.id ?? name ?? '';
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
    image_url: { url: toDataUrl(image, `${param}.images[${index}]`) },
  }));
  return text === '' ? parts : [{ type: 'text', text }, ...parts];
}
