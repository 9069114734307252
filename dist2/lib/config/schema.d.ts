import type { FromSchema } from '../json-schema.ts';
import type { ConfigOf, ConfigPlaces } from '../options/fragment.ts';
import { type ProviderKeys, type ProvidersConfig } from '../providers/built-ins.ts';
import { entryKeys, type ProviderEntry } from '../providers/entries-config.ts';
import { requestDefaultKeys } from '../providers/shared-config.ts';
import type { Secret } from '../secret.ts';
import { type RedisConfig, redisKeys } from '../storage/redis-config.ts';
import { keptKeys } from './kept-keys.ts';
import { recordKeys } from './record-keys.ts';
import { chainKeys, consoleKeys, limitKeys, listeningKeys, loggingKeys, metricsKeys, reloadKeys } from './server-keys.ts';
import { usageKeys } from './usage-keys.ts';
export type { ProviderEntry } from '../providers/entries-config.ts';
export type { RedisConfig } from '../storage/redis-config.ts';
declare const reasoningKeys: {
    readonly reasoningCompat: {
        readonly enum: readonly ["none", "think-tags", "o3", "legacy", "reasoning_content", "reasoning"];
        readonly default: 'reasoning_content';
        readonly 'x-env': readonly ["OPENCOMPAT_REASONING_COMPAT", "OPENCOMPAT_CHATGPT_REASONING_COMPAT"];
        readonly description: 'How reasoning text reaches Chat Completions clients (header X-Reasoning-Compat).';
    };
};
declare const modelKeys: {
    readonly aliases: {
        readonly 'x-section': 'Models';
        readonly type: 'object';
        readonly additionalProperties: {
            readonly type: readonly ["string", "array"];
            readonly minLength: 1;
            readonly minItems: 1;
            readonly maxItems: 16;
            readonly items: {
                readonly type: 'string';
                readonly minLength: 1;
            };
        };
        readonly default: {};
        readonly 'x-env': readonly [];
        readonly description: 'Further model names: alias → model, `*` in an alias standing for any text (`claude-*haiku*`; the longest that fits counts, and only for names that nothing else is known by), or a list of models of which each stands in for the one before when that has no quota left, fails or cannot be reached.';
    };
    readonly modelStandIns: {
        readonly type: 'boolean';
        readonly default: true;
        readonly description: 'Do models stand in for well-known names that nobody lists (`gpt-5`, `gpt-4o`, `o3`, `claude-sonnet-4-5`)? One of the same line and size answers, else the first of the list; `x-opencompat-model` and the log name it. An alias of the name counts first.';
    };
};
type OwnKeys = typeof listeningKeys & typeof consoleKeys & typeof reloadKeys & typeof loggingKeys & typeof metricsKeys & typeof requestDefaultKeys & typeof reasoningKeys & typeof modelKeys & typeof entryKeys & typeof limitKeys & typeof usageKeys & typeof recordKeys & typeof keptKeys & typeof redisKeys & typeof chainKeys;
export declare const configSchema: {
    readonly type: 'object';
    readonly additionalProperties: false;
    readonly properties: OwnKeys & ProviderKeys;
};
/** The values as they are written, with the defaults filled in. */
export type WrittenConfig = Omit<FromSchema<typeof configSchema>, 'providers'> & {
    providers: Record<string, ProviderEntry>;
};
type OwnConfig = ConfigOf<Omit<OwnKeys, 'apiKeys' | 'logFormat' | 'aliases' | keyof typeof redisKeys | 'providers'>>;
/** The effective configuration: defaults < file < environment < flags. Frozen. */
export type Config = OwnConfig & ProvidersConfig & ConfigPlaces & {
    readonly aliases: Readonly<Record<string, string | readonly string[]>>;
    readonly redis: RedisConfig | undefined;
    readonly apiKeys: readonly Secret[];
    readonly providers: Readonly<Record<string, ProviderEntry>>;
    readonly logFormat: 'text' | 'json';
};
