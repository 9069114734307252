/** Keys of the configuration for the ledger: what it holds, for how long, and what tokens cost. */
import type { ConfigFragment } from '../options/fragment.ts';

const price = {
  type: 'number',
  minimum: 0,
  'x-unit': 'USD for a million tokens',
} as const;

export const usageKeys = {
  usageStore: {
    'x-section': 'Usage',
    enum: ['file', 'off'],
    default: 'file',
    'x-restart': true,
    description:
      'Where the ledger is kept, a row for each request (never its content), which `opencompat usage` adds up: in a file, or `off`.',
  },
  usageFile: {
    type: 'string',
    minLength: 1,
    'x-restart': true,
    description:
      'File of the ledger (SQLite), on a disk of this machine. Default: `usage.sqlite` beside the credentials.',
  },
  usageMaxRows: {
    type: 'integer',
    minimum: 1000,
    default: 100_000,
    'x-restart': true,
    description: 'Most requests of which the ledger keeps a row; the oldest go first.',
  },
  usageMaxDays: {
    type: 'integer',
    minimum: 1,
    default: 90,
    'x-unit': 'days',
    'x-restart': true,
    description:
      'How long a row is kept. The sums of each day by key, provider and model stay for good; in Redis, where several servers add up together, as long as a row.',
  },
  usageMaxSums: {
    type: 'integer',
    minimum: 100,
    default: 2000,
    'x-restart': true,
    description:
      'Most sums of one day; what comes on top is added up without its model’s name, and then without its key’s.',
  },
  prices: {
    type: 'object',
    additionalProperties: {
      type: 'object',
      additionalProperties: false,
      required: ['input', 'output'],
      properties: {
        input: { ...price, description: 'Of the tokens that are sent.' },
        cached: { ...price, description: 'Of those of them that the provider had cached. Default: as `input`.' },
        output: { ...price, description: 'Of the tokens of the answer, reasoning included.' },
      },
    },
    default: {},
    'x-env': [],
    description:
      'What a million tokens cost, in USD, by the model: its name or `provider/model`, `*` standing for any text; the longest name that fits counts. Without a price a request costs nothing, but for Copilot’s credits (0.01 USD each).',
  },
} as const satisfies ConfigFragment;
