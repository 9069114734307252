/** The configuration keys of Anthropic without an entry in `providers`. */
import type { ConfigFragment, ConfigOf } from '../../options/fragment.ts';
import { modelsRefreshKeys, requestDefaultKeys } from '../shared-config.ts';
import { anthropicOptions } from './options.ts';

export const anthropicKeys = {
  anthropicApiKey: {
    'x-section': 'Providers',
    ...anthropicOptions.properties.apiKey,
    description:
      'API key of Anthropic, which makes the provider `anthropic`; like an entry of `providers` without a file.',
  },
  ...modelsRefreshKeys,
  reasoningEffort: requestDefaultKeys.reasoningEffort,
} as const satisfies ConfigFragment;

export type AnthropicConfig = ConfigOf<typeof anthropicKeys>;
