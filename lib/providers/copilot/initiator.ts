/** What a request is about, as its headers tell the backend. Pure. */
import type { CanonicalRequest } from '../../canonical/types.ts';
import { isInstruction, isMessage, type Loose } from '../responses-input.ts';

const toolOutput = /_output$/;

/**
 * Who has caused the request: a request by `user` costs one of the plan's premium requests, what an agent does to answer it
 * costs no more. `user` when a person's message is what is to be answered, however long the conversation before it; `agent`
 * while a turn goes on: after tool outputs (and whatever a client puts beside those), or to continue what the model began.
 */
export function readInitiator({ input }: CanonicalRequest): 'user' | 'agent' {
  let hasMessage = false;
  for (const item of (input as unknown as Loose[]).toReversed()) {
    if (isInstruction(item)) continue;
    if (toolOutput.test(item.type ?? '')) return 'agent';
    if (!isMessage(item) || item.role === 'assistant') return hasMessage ? 'user' : 'agent';
    hasMessage = true;
  }
  return 'user';
}

/** Is there a picture in it, in a message or in a tool's output? */
export function hasImage({ input }: CanonicalRequest): boolean {
  return (input as unknown as Loose[]).some(({ content, output }) => hasImagePart(content) || hasImagePart(output));
}

function hasImagePart(parts: unknown): boolean {
  return Array.isArray(parts) && parts.some((part: Loose) => part?.type === 'input_image');
}
