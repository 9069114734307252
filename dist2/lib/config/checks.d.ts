import type { ConfigCheck } from '../options/fragment.ts';
/** The name of a key of `apiKeys` in logs. */
export declare function nameOfPlainKey(index: number): string;
export declare const configChecks: readonly ConfigCheck[];
/** The meaning of each code of a configuration fault. */
export declare const configRules: readonly Pick<ConfigCheck, 'code' | 'rule'>[];
