import { defineBuiltIn } from '../definition.ts';
import { openAiCompatibleKeys } from './config.ts';
import { openAiCompatibleOptions } from './options.ts';

/** Name of the provider that the keys `openaiBaseUrl` and `openaiApiKey` make. */
const keyedName = 'openai';
const openAiBaseUrl = 'https://api.openai.com/v1';

/** Any server that speaks as OpenAI's does: Ollama, vLLM, LM Studio, OpenRouter, … */
export const openAiCompatible = defineBuiltIn({
  name: 'openai-compatible',
  title: 'An OpenAI-compatible server',
  presence: 'configured',
  turn: 'paid',
  keys: openAiCompatibleKeys,
  options: openAiCompatibleOptions,
  async create(options, { name, config, log, scheduler }) {
    const { createOpenAiCompatibleProvider } = await import('./index.ts');
    const { cacheDir } = config;
    const provider = createOpenAiCompatibleProvider(name, options, { config, cacheDir, log });
    scheduler.schedule(`models of ${name}`, config.modelsRefresh, (signal) => provider.refreshModels!(signal));
    return provider;
  },
  addresses: (_config, { baseURL }) => [String(baseURL)],
  fromKeys({ openaiBaseUrl, openaiApiKey }) {
    if (openaiBaseUrl === undefined && openaiApiKey === undefined) return undefined;
    const options = {
      baseURL: openaiBaseUrl ?? openAiBaseUrl,
      ...(openaiApiKey && { apiKey: openaiApiKey.reveal() }),
      responses: openAiCompatibleOptions.properties.responses.default,
    };
    const path = openaiBaseUrl === undefined ? 'openaiApiKey' : 'openaiBaseUrl';
    return { name: keyedName, options, path };
  },
});
