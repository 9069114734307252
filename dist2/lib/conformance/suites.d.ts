import type { Check } from './check.ts';
export declare const suites: Readonly<Record<string, readonly Check[]>>;
