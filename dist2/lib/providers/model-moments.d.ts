import type { ModelInfo } from './provider.ts';
/** A date or timestamp as a list has it, under the name of ours, in Unix seconds; nothing for what is no date. */
export declare function toMoment<K extends keyof ModelInfo>(key: K, value: unknown): Partial<Record<K, number>>;
