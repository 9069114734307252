/** The key `providers` of the configuration: the settings of an entry for any provider. */
import type { JsonSchema } from '../json-schema.ts';
import type { ConfigFragment } from '../options/fragment.ts';
import { builtIns } from './built-ins.ts';
import { type QuotaRule, quotaRuleSchema } from './quota-rule.ts';

/** The settings of all types; a default applies to its own type only, so none stands here. */
const typeSettings = Object.fromEntries(
  builtIns.flatMap(({ options }) =>
    Object.entries<JsonSchema>(options?.properties ?? {}).map(([name, { default: _, ...schema }]) => [name, schema]),
  ),
);

export const entryKeys = {
  providers: {
    'x-section': 'Providers',
    type: 'object',
    'x-env': [],
    default: {},
    description:
      'The providers, by name, in the order in which they are asked for a model; built-in ones without an entry come last. README.md has examples, under “Other servers”.',
    additionalProperties: {
      type: 'object',
      properties: {
        type: {
          type: 'string',
          description:
            '`openai-compatible`, `anthropic`, `replay`, or a built-in provider’s name, to place it or switch it off.',
        },
        enabled: { type: 'boolean', default: true },
        plugin: {
          type: 'string',
          minLength: 1,
          description: 'Path (relative to the configuration file) or npm package of a provider; instead of a type.',
        },
        options: { type: 'object', description: 'The plugin’s options.' },
        quota: quotaRuleSchema,
        ...typeSettings,
      },
    },
  },
} as const satisfies ConfigFragment;

/** An entry of `providers`. Beside these stand the settings of its type, as they were written; secrets are `Secret`s. */
export interface ProviderEntry {
  readonly type?: string;
  readonly enabled: boolean;
  readonly plugin?: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly quota?: QuotaRule;
  readonly [setting: string]: unknown;
}
