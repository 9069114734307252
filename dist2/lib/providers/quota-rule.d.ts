/** What the server does when little of a provider's quota is left: a setting of every provider. */
import type { FromSchema } from '../json-schema.ts';
export declare const quotaRuleSchema: {
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
export type QuotaRule = FromSchema<typeof quotaRuleSchema>;
