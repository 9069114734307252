/**
 * The one description of the configuration, composed of the fragments that its owners declare. From it come the checks,
 * the defaults, the environment variables and flags, the documented table and the chart's values.schema.json. A key
 * `reasoningEffort` is `OPENCOMPAT_REASONING_EFFORT` in the environment and `--reasoning-effort` as a flag unless `x-env`
 * says otherwise.
 *
 * `x-env`: environment names, the first is the documented one, the rest are older spellings; `[]` for none (and no flag).
 * `x-unit`: unit of a bare number.  `x-secret`: never printed.  `x-section`: heading in the documentation, of this key and
 * those that follow.  `format`: see options/formats.ts.  `x-expected`: a `pattern` in words, for what does not match it
 * ("must be …"); of its `examples`, the one that was probably meant is named.  `x-sign-in-hosts`: the hosts to which a
 * configuration of the current directory may send a sign-in by this key; see folder-file.ts.  `x-restart`: only a start reads
 * it; all others count after a reload.  `x-file`: the path of a file whose text belongs to the configuration.
 *
 * The arrow: config → the fragments of its owners (providers by their registry, apis, storage). An owner's fragment rests on
 * options/ alone, and an owner takes its own values by their types (`ConfigOf<typeof itsKeys>`); none of them imports
 * anything of this folder.
 */
import { reasoningCompats } from '../apis/api.ts';
import type { FromSchema, JsonSchema } from '../json-schema.ts';
import type { ConfigFragment, ConfigOf, ConfigPlaces } from '../options/fragment.ts';
import { builtIns, type ProviderKeys, type ProvidersConfig } from '../providers/built-ins.ts';
import { entryKeys, type ProviderEntry } from '../providers/entries-config.ts';
import { requestDefaultKeys } from '../providers/shared-config.ts';
import type { Secret } from '../secret.ts';
import { type RedisConfig, redisKeys } from '../storage/redis-config.ts';
import { keptKeys } from './kept-keys.ts';
import { recordKeys } from './record-keys.ts';
import {
  chainKeys,
  consoleKeys,
  limitKeys,
  listeningKeys,
  loggingKeys,
  metricsKeys,
  reloadKeys,
} from './server-keys.ts';
import { usageKeys } from './usage-keys.ts';

export type { ProviderEntry } from '../providers/entries-config.ts';
export type { RedisConfig } from '../storage/redis-config.ts';

const reasoningKeys = {
  reasoningCompat: {
    enum: reasoningCompats,
    default: 'reasoning_content',
    'x-env': ['OPENCOMPAT_REASONING_COMPAT', 'OPENCOMPAT_CHATGPT_REASONING_COMPAT'],
    description: 'How reasoning text reaches Chat Completions clients (header X-Reasoning-Compat).',
  },
} as const satisfies ConfigFragment;

const modelKeys = {
  aliases: {
    'x-section': 'Models',
    type: 'object',
    additionalProperties: {
      type: ['string', 'array'],
      minLength: 1,
      minItems: 1,
      maxItems: 16,
      items: { type: 'string', minLength: 1 },
    },
    default: {},
    'x-env': [],
    description:
      'Further model names: alias → model, `*` in an alias standing for any text (`claude-*haiku*`; the longest that fits counts, and only for names that nothing else is known by), or a list of models of which each stands in for the one before when that has no quota left, fails or cannot be reached.',
  },
  modelStandIns: {
    type: 'boolean',
    default: true,
    description:
      'Do models stand in for well-known names that nobody lists (`gpt-5`, `gpt-4o`, `o3`, `claude-sonnet-4-5`)? One of the same line and size answers, else the first of the list; `x-opencompat-model` and the log name it. An alias of the name counts first.',
  },
} as const satisfies ConfigFragment;

/** In the order in which their sections are documented. */
const fragments: readonly ConfigFragment[] = [
  listeningKeys,
  consoleKeys,
  reloadKeys,
  loggingKeys,
  metricsKeys,
  requestDefaultKeys,
  reasoningKeys,
  modelKeys,
  entryKeys,
  ...builtIns.flatMap(({ keys }) => (keys ? [keys] : [])),
  limitKeys,
  usageKeys,
  recordKeys,
  keptKeys,
  redisKeys,
  chainKeys,
];

/**
 * All keys, those of one section together. A key that several fragments name stands where the first one has it.
 * @throws TypeError when two owners describe one key differently, which is a fault of the program
 */
function composeKeys(): ConfigFragment {
  const sections = new Map<string, [string, JsonSchema][]>();
  const known = new Map<string, JsonSchema>();
  let section = '';
  for (const [name, schema] of fragments.flatMap((fragment) => Object.entries(fragment))) {
    section = (schema['x-section'] as string | undefined) ?? section;
    if (known.has(name)) {
      if (known.get(name) !== schema) throw new TypeError(`the key '${name}' of the configuration is described twice`);
      continue;
    }
    known.set(name, schema);
    sections.set(section, [...(sections.get(section) ?? []), [name, schema]]);
  }
  return Object.fromEntries([...sections.values()].flat());
}

type OwnKeys = typeof listeningKeys &
  typeof consoleKeys &
  typeof reloadKeys &
  typeof loggingKeys &
  typeof metricsKeys &
  typeof requestDefaultKeys &
  typeof reasoningKeys &
  typeof modelKeys &
  typeof entryKeys &
  typeof limitKeys &
  typeof usageKeys &
  typeof recordKeys &
  typeof keptKeys &
  typeof redisKeys &
  typeof chainKeys;

export const configSchema = {
  type: 'object',
  additionalProperties: false,
  properties: composeKeys() as OwnKeys & ProviderKeys,
} as const satisfies JsonSchema;

/** The values as they are written, with the defaults filled in. */
export type WrittenConfig = Omit<FromSchema<typeof configSchema>, 'providers'> & {
  providers: Record<string, ProviderEntry>;
};

type OwnConfig = ConfigOf<Omit<OwnKeys, 'apiKeys' | 'logFormat' | 'aliases' | keyof typeof redisKeys | 'providers'>>;

/** The effective configuration: defaults < file < environment < flags. Frozen. */
export type Config = OwnConfig &
  ProvidersConfig &
  ConfigPlaces & {
    readonly aliases: Readonly<Record<string, string | readonly string[]>>;
    readonly redis: RedisConfig | undefined;
    readonly apiKeys: readonly Secret[];
    readonly providers: Readonly<Record<string, ProviderEntry>>;
    readonly logFormat: 'text' | 'json';
  };
