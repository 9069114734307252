import { defineBuiltIn } from '../definition.ts';
import { createOpenAiCompatibleProvider } from './index.ts';
import { openAiCompatibleOptions } from './options.ts';

/** Any server that speaks as OpenAI's does: Ollama, vLLM, LM Studio, OpenRouter, … */
export const openAiCompatible = defineBuiltIn({
  name: 'openai-compatible',
  presence: 'configured',
  options: openAiCompatibleOptions,
  create(options, { name, config, log, scheduler }) {
    const { cacheDir } = config;
    const provider = createOpenAiCompatibleProvider(name, options, { config, cacheDir, log });
    scheduler.schedule(`models of ${name}`, config.modelsRefresh, (signal) => provider.refreshModels!(signal));
    return provider;
  },
});
