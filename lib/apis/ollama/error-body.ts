import type { PublicError } from '../../errors.ts';

/** Ollama's errors are a text. Clients that offer to pull a missing model look for Ollama's own words. */
export function toErrorBody({ message, code, details }: PublicError): { error: string } {
  if (code === 'model_not_found' && details?.model !== undefined)
    return { error: `model '${details.model}' not found` };
  return { error: message };
}
