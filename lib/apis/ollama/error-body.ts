import type { PublicError } from '../../errors.ts';

/** Ollama's errors are a text. Clients look for its own words where they offer to fetch a model that is not there. */
export function toErrorBody({ message, code, details }: PublicError): { error: string } {
  if (code === 'model_not_found' && details?.model !== undefined)
    return { error: `model '${details.model}' not found` };
  return { error: message };
}
