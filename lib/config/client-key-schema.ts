/** What the configuration says of one client key. The keys that the command line makes have the same form. */
import type { JsonSchema } from '../json-schema.ts';
import { names } from '../options/parts.ts';

/** @param what is counted @param type of the number */
function windowsOf(what: string, type: 'integer' | 'number') {
  const window = (name: string) => ({ type, minimum: 0, description: `${what} ${name}.` }) as const;
  return {
    type: 'object',
    additionalProperties: false,
    properties: { minute: window('a minute'), hour: window('an hour'), day: window('a day'), month: window('a month') },
  } as const;
}

/** Windows begin with the minute, hour, day and month of UTC. */
export const keyLimitsSchema = {
  type: 'object',
  additionalProperties: false,
  description: 'Most that the key may use. Windows begin with the minute, hour, day and month of UTC.',
  properties: {
    requests: windowsOf('Requests to models, each answer of `n` and of a list of prompts being one,', 'integer'),
    tokens: windowsOf('Tokens, sent and received,', 'integer'),
    cost: windowsOf('USD by `prices`, and Copilot’s credits,', 'number'),
  },
} as const satisfies JsonSchema;

export const keyHash = {
  type: 'string',
  pattern: '^sha256:[0-9a-f]{64}$',
  'x-expected': 'the line `sha256:…` that `opencompat hash-key` prints',
} as const satisfies JsonSchema;

export const clientKeySchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'hash'],
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 64, 'x-secret': false, description: 'Shown in logs.' },
    hash: { ...keyHash, description: 'From `opencompat hash-key`.' },
    limits: keyLimitsSchema,
    models: {
      ...names,
      'x-secret': false,
      description: 'Models that the key may name, `*` standing for any text; for it there are no others. Default: all.',
    },
    expires: {
      type: 'string',
      format: 'moment',
      'x-secret': false,
      description: 'The last day (`2026-12-31`, of UTC) or the moment (`2026-12-31T18:00:00Z`) until which it is good.',
    },
    record: {
      type: 'boolean',
      description: 'May it have its requests recorded, with the header `x-opencompat-record: 1`?',
    },
    disabled: { type: 'boolean', description: 'Switched off.' },
  },
} as const satisfies JsonSchema;

/** The file of the keys that `opencompat keys` makes. */
export const keyFileSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['version', 'keys'],
  properties: {
    version: { const: 1 },
    keys: {
      type: 'array',
      items: {
        ...clientKeySchema,
        required: ['name', 'hash', 'created'],
        properties: { ...clientKeySchema.properties, created: { type: 'string', format: 'moment' } },
      },
    },
  },
} as const satisfies JsonSchema;
