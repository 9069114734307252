/** Ollama's messages → canonical input items, through Chat messages: they differ in the form of calls and images. */
import type { CanonicalInputItem } from '../../canonical/types.ts';
import type { ContentPart } from '../chat-completions/message-schema.ts';
import type { OllamaMessage } from './schema.ts';
/**
 * Ollama accepts any history, so clients cut theirs off anywhere. Here an output without its call becomes a user message, and a
 * call without an output gets an empty one.
 * @throws OpenCompatError as `toInput`, and OC_INVALID_VALUE for invalid images
 */
export declare function toInputItems(messages: readonly OllamaMessage[]): CanonicalInputItem[];
/** The text, and the images behind it. */
export declare function withImages(text: string, images: readonly string[] | null | undefined, param: string): string | ContentPart[];
