/** The configuration keys of an OpenAI-compatible server without an entry in `providers`. */
import type { ConfigFragment } from '../../options/fragment.ts';
import { modelsRefreshKeys } from '../shared-config.ts';
import { openAiCompatibleOptions } from './options.ts';

export const openAiCompatibleKeys = {
  openaiBaseUrl: {
    'x-section': 'Providers',
    type: 'string',
    format: 'http-url',
    description:
      'Base URL of one OpenAI-compatible server, the provider `openai`; like an entry of `providers` without a file. OpenAI’s own when only `openaiApiKey` is given.',
  },
  openaiApiKey: {
    ...openAiCompatibleOptions.properties.apiKey,
    description: 'Its API key.',
  },
  ...modelsRefreshKeys,
} as const satisfies ConfigFragment;
