import type { ConfigRules, WrittenOf } from '../../options/fragment.ts';
import type { chatGptKeys } from './config.ts';
type Written = WrittenOf<typeof chatGptKeys>;
export declare const chatGptRules: ConfigRules<Written>;
export {};
