/** Dates in model lists. Pure. */
import { asText } from '../lenient-json.ts';
import type { ModelInfo } from './provider.ts';

/** A date or timestamp as a list has it, under the name of ours, in Unix seconds; nothing for what is no date. */
export function toMoment<K extends keyof ModelInfo>(key: K, value: unknown): Partial<Record<K, number>> {
  const ms = Date.parse(asText(value) ?? '');
  return ms > 0 ? ({ [key]: Math.floor(ms / 1000) } as Partial<Record<K, number>>) : {};
}
