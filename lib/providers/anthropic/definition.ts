import { defineBuiltIn } from '../definition.ts';
import { anthropicKeys } from './config.ts';
import { anthropicOptions } from './options.ts';

/** Anthropic itself, by an API key, or any server that speaks as it does. */
export const anthropic = defineBuiltIn({
  name: 'anthropic',
  title: 'Anthropic, or a server of its API',
  presence: 'configured',
  turn: 'paid',
  keys: anthropicKeys,
  options: anthropicOptions,
  async create(options, { name, config, log, scheduler }) {
    const { createAnthropicProvider } = await import('./index.ts');
    const { cacheDir } = config;
    const provider = createAnthropicProvider(name, options, { config, cacheDir, log });
    scheduler.schedule(`models of ${name}`, config.modelsRefresh, (signal) => provider.refreshModels!(signal));
    return provider;
  },
  addresses: (_config, { baseURL }) => [String(baseURL)],
  fromKeys({ anthropicApiKey }) {
    if (anthropicApiKey === undefined) return undefined;
    const { baseURL } = anthropicOptions.properties;
    return {
      name: 'anthropic',
      options: { baseURL: baseURL.default, apiKey: anthropicApiKey.reveal() },
      path: 'anthropicApiKey',
    };
  },
});
