/** What the server does when little of a provider's quota is left: a setting of every provider. */
import type { FromSchema, JsonSchema } from '../json-schema.ts';

export const quotaRuleSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['reserve'],
  properties: {
    reserve: {
      type: 'string',
      pattern: '^\\d{1,2}(\\.\\d+)?%$',
      'x-expected': 'a part of the quota below 100%, such as `10%`',
      description: 'How much of each quota window is to be left, such as `10%`.',
    },
    atReserve: {
      enum: ['next-model', 'lower-effort', 'refuse'],
      default: 'next-model',
      description:
        'What happens when no more than that is left, until the window is renewed. `next-model`: an alias with a list goes to its next model; without one nothing changes. `lower-effort`: reasoning effort `low` at most. `refuse`: an error with the time at which the quota comes back.',
    },
  },
  description: 'Keeps back a part of the provider’s quota, in windows of an hour or more.',
} as const satisfies JsonSchema;

export type QuotaRule = FromSchema<typeof quotaRuleSchema>;
