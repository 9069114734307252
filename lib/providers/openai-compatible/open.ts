import { defineBuiltIn } from '../definition.ts';
import { openAiCompatibleOptions } from './options.ts';

/** Any server that speaks as OpenAI's does: Ollama, vLLM, LM Studio, OpenRouter, … */
export const openAiCompatible = defineBuiltIn({
  name: 'openai-compatible',
  presence: 'configured',
  options: openAiCompatibleOptions,
  create(options, services) {
    throw new Error(`later ${options.baseURL} ${services.name}`);
  },
});
