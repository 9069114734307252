/** Facts of a request that its headers tell the backend. Pure. */
import type { CanonicalRequest } from '../../canonical/types.ts';
import { isInstruction, isMessage, type Loose } from '../responses-input.ts';

const toolOutput = /_output$/;

/**
 * Who caused the request: one by `user` costs one of the plan's premium requests, the steps of an agent cost nothing more.
 * `user` when a person's message has to be answered, after a conversation of any length; `agent` while a turn goes on: after
 * tool outputs (and anything that a client puts beside them), or to continue the model's own text.
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
