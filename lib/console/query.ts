/** The parameters of the console's questions. */
import { OpenCompatError } from '../errors.ts';

export type Query = Readonly<Record<string, unknown>>;

export const asGiven = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** @throws OpenCompatError for what is no number from 1 on */
export function readNumber(query: Query, name: string): number | undefined {
  const text = asGiven(query[name]);
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,14}$/.test(text)) throw invalid(name, 'a number from 1 on');
  return Number(text);
}

export function invalid(param: string, expected: string): OpenCompatError {
  return new OpenCompatError('OC_INVALID_VALUE', { reason: `Invalid '${param}': expected ${expected}.` }, { param });
}
