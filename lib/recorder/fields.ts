/** Fields of JSON in texts that hold JSON: streams, bodies, and texts of JSON in them. */
import type { TextSpan } from '../public-text.ts';

/** The value of a field that is text. */
export interface TextField extends TextSpan {
  readonly name: string;
  /** Of which item, and of which part of it, the event is that holds it. */
  readonly place: string;
  /** It stands for the values of many events, a line each. */
  readonly isColumn?: boolean;
  /** Of a column: it holds tokens with their probabilities. */
  readonly isOfLogprobs?: boolean;
}

/** Fields of events that hold no piece of a longer text. */
export const wholeFields: ReadonlySet<string> = new Set([
  'type',
  'id',
  'object',
  'model',
  'item_id',
  'role',
  'name',
  'status',
  'call_id',
  'obfuscation',
]);

/** A field whose value is text, also inside a text that is JSON itself. */
const textField = /"([\w.-]+)"\s*:\s*"([^"\\]*(?:\\.[^"\\]*)*)"/g;
const placeField = /"(?:index|output_index|content_index|summary_index)"\s*:\s*\d+/g;

/** Most such fields that tell the place of an event; a line with more is no event. */
const maxPlaceFields = 8;
/** How far from a token its probability is looked for, in characters. */
const maxLogprobDistance = 500;

export function placesIn(text: string): string {
  return (text.match(placeField) ?? []).slice(0, maxPlaceFields).join();
}

/** Is `token` a piece of the answer's text with its probability there, and no key? */
export function isOfLogprobs(text: string): boolean {
  return text.includes('"logprob"');
}

/** None of them is empty. */
export function textFieldsIn(text: string): TextField[] {
  const fields: TextField[] = [];
  let lineStart = 0;
  for (const line of text.split('\n')) {
    let place: string | undefined;
    for (const { 0: field, 1: name = '', 2: value = '', index } of line.matchAll(textField)) {
      if (value === '') continue;
      place ??= placesIn(line);
      const end = lineStart + index + field.length - 1;
      fields.push({ name, place, start: end - value.length, end });
    }
    lineStart += line.length + 1;
  }
  return fields;
}

/** The values that a field stands for. */
export function valuesOf(whole: string, { start, end, isColumn }: TextSpan & Partial<TextField>): TextSpan[] {
  if (!isColumn) return [{ start, end }];
  let at = start;
  return whole
    .slice(start, end)
    .split('\n')
    .map(({ length }) => {
      const value = { start: at, end: at + length };
      at += length + 1;
      return value;
    });
}

/** Is it in an object of its own with a probability? */
export function isBesideLogprob(whole: string, { start, end, isColumn, isOfLogprobs: isTold }: TextField): boolean {
  if (isColumn) return isTold === true;
  const before = whole.slice(Math.max(0, start - maxLogprobDistance), start);
  const after = whole.slice(end, end + maxLogprobDistance);
  const close = after.indexOf('}');
  return close >= 0 && isOfLogprobs(before.slice(before.lastIndexOf('{')) + after.slice(0, close));
}
