/** The settings of a server of Anthropic's API: the keys of its entry of `providers` in the configuration. */
import type { FromSchema, JsonSchema } from '../../json-schema.ts';
import { openAiCompatibleOptions } from '../openai-compatible/options.ts';

const { apiKey, headers, models, timeout, omit } = openAiCompatibleOptions.properties;

export const anthropicOptions = {
  type: 'object',
  additionalProperties: false,
  properties: {
    baseURL: {
      type: 'string',
      format: 'http-url',
      default: 'https://api.anthropic.com',
      description: 'What Anthropic’s SDKs call `base_url`, without `/v1`.',
    },
    apiKey: { ...apiKey, description: 'Sent as `x-api-key: …`. Absent: none is sent.' },
    headers,
    models,
    timeout,
    omit,
  },
} as const satisfies JsonSchema;

export type AnthropicOptions = FromSchema<typeof anthropicOptions>;
