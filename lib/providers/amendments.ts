/** Changes to a refused request after which several backends take it. */
import type { CanonicalRequest } from '../canonical/types.ts';
import type { OpenCompatError } from '../errors.ts';
import { asObject, type Json } from '../lenient-json.ts';
import type { RawRequest } from './provider.ts';

/** Reasoning of another account or model family was replayed. */
export function isReasoningRefusal({ public: { code } }: OpenCompatError): boolean {
  return code === 'invalid_encrypted_content';
}

/** Undefined when there is none in it. */
export function withoutReasoning(request: CanonicalRequest): CanonicalRequest | undefined {
  const input = request.input.filter(({ type }) => type !== 'reasoning');
  return input.length < request.input.length ? { ...request, input } : undefined;
}

/** The same for a body of Anthropic's API. Undefined when there is none in it. */
export function withoutThinkingBlocks({ api, body }: RawRequest): RawRequest | undefined {
  let hasThinking = false;
  const messages = listOf(body.messages).map((message) => {
    const blocks = listOf(message.content);
    const kept = blocks.filter(({ type }) => type !== 'thinking' && type !== 'redacted_thinking');
    if (message.role !== 'assistant' || kept.length === blocks.length) return message;
    hasThinking = true;
    return kept.length === 0 ? undefined : { ...message, content: kept };
  });
  if (!hasThinking) return undefined;
  const amended: Json = { ...body, messages: messages.filter((message) => message !== undefined) };
  // A turn that goes on without the thinking it began with cannot go on thinking, and is refused if it asks to.
  if (isInTurn(listOf(body.messages))) {
    delete amended.thinking;
    delete amended.context_management;
  }
  return { api, body: amended };
}

/** Has a tool just answered? */
function isInTurn(messages: readonly Json[]): boolean {
  return listOf(messages.at(-1)?.content).some(({ type }) => type === 'tool_result');
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.map((each) => asObject(each) ?? {}) : [];
}
