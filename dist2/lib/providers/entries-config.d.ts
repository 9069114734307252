import { type QuotaRule } from './quota-rule.ts';
export declare const entryKeys: {
    readonly providers: {
        readonly 'x-section': 'Providers';
        readonly type: 'object';
        readonly 'x-env': readonly [];
        readonly default: {};
        readonly description: 'The providers, by name, in the order in which they are asked for a model; built-in ones without an entry come last. README.md has examples, under “Other servers”.';
        readonly additionalProperties: {
            readonly type: 'object';
            readonly properties: {
                readonly type: {
                    readonly type: 'string';
                    readonly description: '`openai-compatible`, `anthropic`, `replay`, or a built-in provider’s name, to place it or switch it off.';
                };
                readonly enabled: {
                    readonly type: 'boolean';
                    readonly default: true;
                };
                readonly plugin: {
                    readonly type: 'string';
                    readonly minLength: 1;
                    readonly description: 'Path (relative to the configuration file) or npm package of a provider; instead of a type.';
                };
                readonly options: {
                    readonly type: 'object';
                    readonly description: 'The plugin’s options.';
                };
                readonly quota: {
                    readonly type: 'object';
                    readonly additionalProperties: false;
                    readonly required: readonly ["reserve"];
                    readonly properties: {
                        readonly reserve: {
                            readonly type: 'string';
                            readonly pattern: '^\\d{1,2}(\\.\\d+)?%$';
                            readonly 'x-expected': 'a part of the quota below 100%, such as `10%`';
                            readonly description: 'How much of each quota window is to be left, such as `10%`.';
                        };
                        readonly atReserve: {
                            readonly enum: readonly ["next-model", "lower-effort", "refuse"];
                            readonly default: 'next-model';
                            readonly description: 'What happens when no more than that is left, until the window is renewed. `next-model`: an alias with a list goes to its next model; without one nothing changes. `lower-effort`: reasoning effort `low` at most. `refuse`: an error with the time at which the quota comes back.';
                        };
                    };
                    readonly description: 'Keeps back a part of the provider’s quota, in windows of an hour or more.';
                };
            };
        };
    };
};
/** An entry of `providers`. Beside these stand the settings of its type, as they were written; secrets are `Secret`s. */
export interface ProviderEntry {
    readonly type?: string;
    readonly enabled: boolean;
    readonly plugin?: string;
    readonly options?: Readonly<Record<string, unknown>>;
    readonly quota?: QuotaRule;
    readonly [setting: string]: unknown;
}
