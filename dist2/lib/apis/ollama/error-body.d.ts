import type { PublicError } from '../../errors.ts';
/** Ollama's errors are a text. Clients that offer to pull a missing model look for Ollama's own words. */
export declare function toErrorBody({ message, code, details }: PublicError): {
    error: string;
};
