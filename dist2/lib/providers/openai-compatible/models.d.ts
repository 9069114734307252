import { type Json } from '../../lenient-json.ts';
import type { ModelInfo } from '../provider.ts';
/**
 * The models of an answer: `{data: […]}` as OpenAI has it, `{models: […]}` (Ollama's own form), or the list alone; of
 * objects or of names. Skips malformed entries. Never throws.
 */
export declare function parseModels(text: string): ModelInfo[];
/** A model with at least a known name. */
export declare function toModelInfo(id: string, entry?: Json): ModelInfo;
