/**
 * Most events of an answer are deltas that differ from the one before in their number, their text and its padding. Such an event
 * is read by comparing it with that one: this takes a third of the time of `JSON.parse` (measured 2026-11).
 */
import type { CanonicalEvent } from '../../canonical/types.ts';
import { holdToShape } from './event-shape.ts';

/** By themselves: a string of the program is compared faster than one that was read. */
const deltaTypes: ReadonlyMap<string, string> = new Map(
  [
    'response.output_text.delta',
    'response.refusal.delta',
    'response.reasoning_summary_text.delta',
    'response.reasoning_text.delta',
    'response.function_call_arguments.delta',
    'response.custom_tool_call_input.delta',
  ].map((type) => [type, type]),
);

/** What differs: plain texts, and numbers without sign, fraction and exponent. */
const patterns = {
  sequence_number: /"sequence_number"\s*:\s*(0|[1-9]\d*)(?=[\s,}])/,
  delta: /"delta"\s*:\s*"([^"\\]*)(?=")/,
  obfuscation: /"obfuscation"\s*:\s*"([^"\\]*)(?=")/,
} as const;
type FieldName = keyof typeof patterns;
const fieldNames = Object.keys(patterns) as FieldName[];

type DeltaFields = { type: string; [field: string]: unknown };

interface Known {
  /** A delta event as `JSON.parse` and `holdToShape` give it. All of its fields are plain values, but for `logprobs`. */
  readonly event: DeltaFields;
  /** The fields that differ, in their order. */
  readonly fields: readonly FieldName[];
  /** The JSON before each of the fields, and behind the last. */
  readonly literals: readonly string[];
}

/** A longer part of a text would keep all of that text in memory: V8 copies the shorter ones. */
const maxDeltaLength = 12;
/** An answer whose events are never like the one before is not studied for ever. */
const maxUselessStudies = 8;

const quote = 0x22;
const backslash = 0x5c;
const space = 0x20;
const zero = 0x30;
const nine = 0x39;

export class RepeatedDelta {
  #known: Known | undefined;
  #uselessStudies = 0;

  /** Returns what `JSON.parse` and `holdToShape` give, as a new event; undefined if it is not like the one before. */
  read(data: string): CanonicalEvent | undefined {
    if (!this.#known) return undefined;
    const { event, fields, literals } = this.#known;
    const read = { ...event };
    let at = 0;
    for (let index = 0; index < fields.length; index += 1) {
      const literal = literals[index]!;
      const start = at + literal.length;
      // Twice as fast as `startsWith` (measured 2026-11).
      if (data.slice(at, start) !== literal) return undefined;
      const isNumber = fields[index] === 'sequence_number';
      at = isNumber ? endOfNumber(data, start) : endOfText(data, start);
      if (at < 0) return undefined;
      const text = data.slice(start, at);
      if (fields[index] === 'delta' && text.length > maxDeltaLength) return undefined;
      read[fields[index]!] = isNumber ? Number(text) : text;
    }
    if (data.slice(at) !== literals.at(-1)) return undefined;
    if (event.logprobs) read.logprobs = [];
    this.#uselessStudies = 0;
    return read as unknown as CanonicalEvent;
  }

  /** Learns what events like this one are. @param event the data parsed and held to its shape, and not changed since */
  study(data: string, event: CanonicalEvent): void {
    const type = deltaTypes.get(event.type);
    if (type === undefined || this.#uselessStudies >= maxUselessStudies) return;
    // Such a text is never read here, so that it tells nothing of the others.
    if (data.includes('\\') || (event as { delta: string } & CanonicalEvent).delta.length > maxDeltaLength) return;
    this.#uselessStudies += 1;
    this.#known = study(data, { ...(event as unknown as DeltaFields), type });
  }
}

/** Undefined where the places of the differing fields are in doubt. */
function study(data: string, event: DeltaFields): Known | undefined {
  for (const [name, value] of Object.entries(event)) {
    const isPlain = typeof value !== 'object' || value === null;
    if (!isPlain && !(name === 'logprobs' && Array.isArray(value) && value.length === 0)) return undefined;
  }
  const places = fieldNames
    .flatMap((name) => {
      const match = patterns[name].exec(data);
      if (!match) return [];
      const end = match.index + match[0].length;
      return [{ name, start: end - match[1]!.length, end }];
    })
    .sort((a, b) => a.start - b.start);
  const fields = places.map(({ name }) => name);
  if (!fields.includes('delta')) return undefined;
  const literals = [...places, undefined].map((place, index) => data.slice(places[index - 1]?.end ?? 0, place?.start));
  return isProven(event, fields, literals) ? { event, fields, literals } : undefined;
}

/**
 * Do the places hold the event's own fields, rather than others of the same name deeper in it? JSON with another value in one
 * place is the same but for that value, so one trial with other values shows it for all values.
 */
function isProven(event: DeltaFields, fields: readonly FieldName[], literals: readonly string[]): boolean {
  const others = Object.fromEntries(
    fields.map((name) => [name, name === 'sequence_number' ? Number(event[name] === 0) : `${event[name]}-${name}`]),
  );
  const data = fields.map((name, index) => literals[index] + String(others[name])).join('') + literals.at(-1);
  const tried = JSON.parse(data) as CanonicalEvent;
  holdToShape(tried);
  return JSON.stringify(tried) === JSON.stringify({ ...event, ...others });
}

/** -1 where no number is. */
function endOfNumber(data: string, start: number): number {
  let at = start;
  while (isDigit(data.charCodeAt(at))) at += 1;
  const digits = at - start;
  const isNumber = digits === 1 || (digits > 1 && data.charCodeAt(start) !== zero);
  return isNumber ? at : -1;
}

function isDigit(code: number): boolean {
  return code >= zero && code <= nine;
}

/** -1 for a text with something escaped, or that has no end. */
function endOfText(data: string, start: number): number {
  for (let at = start; at < data.length; at += 1) {
    const code = data.charCodeAt(at);
    if (code === quote) return at;
    if (code === backslash || code < space) return -1;
  }
  return -1;
}
