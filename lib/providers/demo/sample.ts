/** Values that satisfy a JSON Schema: the same ones for the same schema and hints, every time. */
import { runInNewContext } from 'node:vm';

type Schema = { [keyword: string]: unknown } | boolean;

/** What the values are taken from where the schema leaves a choice. */
export interface SampleHints {
  /** The person's message: an enum's value that it mentions is preferred. */
  message: string;
  /** For strings without a format. */
  words: readonly string[];
  numbers: readonly number[];
}

/** Deeper than this, optional properties are left out and the shallowest alternative is taken: recursion ends. */
const maxRichDepth = 4;
/** A schema that requires itself can be satisfied by nothing finite. */
const maxDepth = 64;
/**
 * Schemas are a client's, and a short one can ask for very much (`minItems`, references in references). What is looked
 * at and made costs one of these each; when they are spent, the rest is `null`.
 */
const maxSteps = 100_000;
/** Characters of a string that cost a step. */
const charactersPerStep = 16;
const maxStringCharacters = 65_536;
/** A pattern can take longer than the universe. */
const maxPatternMs = 20;
const maxPatterns = 32;

const formatSamples: Readonly<Record<string, string>> = {
  'date-time': '2026-01-15T12:00:00Z',
  date: '2026-01-15',
  time: '12:00:00Z',
  duration: 'PT15M',
  email: 'demo@example.com',
  'idn-email': 'demo@example.com',
  hostname: 'example.com',
  'idn-hostname': 'example.com',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  'uri-reference': '/demo',
  iri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  'json-pointer': '/demo',
  regex: 'demo',
};

/**
 * @param schema any JSON Schema of the kind that tools and structured outputs use: types, `enum`, `const`, objects, arrays,
 * `anyOf`, `oneOf`, `allOf`, `$ref` within the schema, formats, and limits of numbers, lengths and counts. Patterns are
 * satisfied only where a word of the message happens to.
 */
export function sampleOf(schema: unknown, hints: SampleHints): unknown {
  return new Sampler(schema as Schema, hints).sample(schema as Schema, 0);
}

function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function asSchemas(value: unknown): Schema[] {
  return Array.isArray(value) ? (value as Schema[]) : [];
}

function asProperties(value: unknown): Record<string, Schema> {
  return typeof value === 'object' && value !== null ? (value as Record<string, Schema>) : {};
}

class Sampler {
  readonly #root: Schema;
  readonly #hints: SampleHints;
  #wordsUsed = 0;
  #numbersUsed = 0;
  #stepsLeft = maxSteps;
  #patternsLeft = maxPatterns;

  constructor(root: Schema, hints: SampleHints) {
    this.#root = root;
    this.#hints = hints;
  }

  #spend(steps: number): void {
    this.#stepsLeft -= steps;
  }

  get #isSpent(): boolean {
    return this.#stepsLeft <= 0;
  }

  sample(given: Schema, depth: number): unknown {
    const schema = this.#resolve(given, depth);
    this.#spend(1);
    if (depth > maxDepth || this.#isSpent) return null;
    if ('const' in schema) return this.#take(schema.const);
    if (Array.isArray(schema.enum)) return this.#take(this.#choose(schema.enum));
    const type = this.#typeOf(schema, depth);
    switch (type) {
      case 'object':
        return this.#object(schema, depth);
      case 'array':
        return this.#array(schema, depth);
      case 'string':
        return this.#string(schema);
      case 'number':
      case 'integer':
        return this.#number(schema, type === 'integer');
      case 'boolean':
        return true;
      default:
        return null;
    }
  }

  /** A value that the schema brings: repeated in every place, it may grow the answer a thousandfold. */
  #take(value: unknown): unknown {
    this.#spend((JSON.stringify(value)?.length ?? 0) / charactersPerStep);
    return value;
  }

  /** References, alternatives and combinations put into one plain schema. */
  #resolve(given: Schema, depth: number): Record<string, unknown> {
    let schema: Record<string, unknown> = typeof given === 'object' && given !== null ? given : { type: 'string' };
    for (let hops = depth; hops < maxDepth && !this.#isSpent; hops += 1) {
      this.#spend(Object.keys(schema).length + Object.keys(asProperties(schema.properties)).length);
      const { $ref, anyOf, oneOf, allOf, ...rest } = schema;
      if (typeof $ref === 'string') schema = merge(rest, this.#lookUp($ref));
      else if (allOf !== undefined) {
        schema = asSchemas(allOf)
          .map((part) => this.#resolve(part, hops + 1))
          .reduce(merge, rest);
      } else if (anyOf !== undefined || oneOf !== undefined) {
        schema = merge(rest, this.#alternative(asSchemas(anyOf ?? oneOf), depth));
      } else break;
    }
    return schema;
  }

  /** The first one that is not `null`; the shallowest one once it goes deep. */
  #alternative(alternatives: Schema[], depth: number): Schema {
    this.#spend(alternatives.length);
    const isDeep = depth > maxRichDepth;
    const ranked = alternatives.map((schema) => ({ schema, weight: this.#weigh(schema) }));
    if (isDeep) ranked.sort((a, b) => a.weight - b.weight);
    return (isDeep ? ranked[0] : (ranked.find(({ weight }) => weight > 0) ?? ranked[0]))?.schema ?? {};
  }

  /** How deep an alternative may lead: 0 for `null`, little for a scalar, most for a reference. */
  #weigh(schema: Schema): number {
    if (typeof schema !== 'object' || schema === null) return 1;
    if (schema.type === 'null' || schema.const === null) return 0;
    if (schema.$ref !== undefined || schema.anyOf !== undefined || schema.oneOf !== undefined) return 4;
    if (schema.type === 'object' || schema.properties !== undefined) return 3;
    return schema.type === 'array' ? 2 : 1;
  }

  /** `#`, `#/$defs/Name`, `#/definitions/a/b`: within the schema only. */
  #lookUp(ref: string): Schema {
    let found: unknown = this.#root;
    for (const step of ref.replace(/^#/, '').split('/').slice(1)) {
      const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
      found =
        typeof found === 'object' && found !== null && Object.hasOwn(found, key) ? found[key as never] : undefined;
    }
    return (found ?? {}) as Schema;
  }

  #typeOf(schema: Record<string, unknown>, depth: number): unknown {
    const { type } = schema;
    if (Array.isArray(type)) {
      const isDeep = depth > maxRichDepth;
      return (isDeep && type.includes('null') ? 'null' : type.find((name) => name !== 'null')) ?? 'null';
    }
    if (type !== undefined) return type;
    if (schema.properties !== undefined || schema.required !== undefined) return 'object';
    if (schema.items !== undefined || schema.prefixItems !== undefined) return 'array';
    if (schema.minimum !== undefined || schema.maximum !== undefined) return 'number';
    return 'string';
  }

  /** What the message mentions, else the first. */
  #choose(values: readonly unknown[]): unknown {
    this.#spend(values.length);
    const message = this.#hints.message.toLowerCase();
    const mentioned = values.find(
      (value) => typeof value === 'string' && value && message.includes(value.toLowerCase()),
    );
    return mentioned ?? values[0] ?? null;
  }

  #object(schema: Record<string, unknown>, depth: number): Record<string, unknown> {
    const properties = asProperties(schema.properties);
    const required = Array.isArray(schema.required) ? (schema.required as string[]) : [];
    const most = asNumber(schema.maxProperties) ?? Number.POSITIVE_INFINITY;
    const optional = depth < maxRichDepth ? Object.keys(properties) : [];
    const names = new Set([...new Set([...required, ...optional])].slice(0, Math.max(required.length, most)));
    const fewest = Math.min(asNumber(schema.minProperties) ?? 0, Math.max(0, this.#stepsLeft));
    for (const name of Object.keys(properties)) if (names.size < fewest) names.add(name);
    for (let n = 1; names.size < fewest; n += 1) names.add(`key${n}`);
    this.#spend(names.size);
    const further = schema.additionalProperties;
    const furtherSchema = typeof further === 'object' && further !== null ? (further as Schema) : {};
    const entries = [...names].map((name) => [
      name,
      this.sample(Object.hasOwn(properties, name) ? properties[name]! : furtherSchema, depth + 1),
    ]);
    return Object.fromEntries(entries);
  }

  #array(schema: Record<string, unknown>, depth: number): unknown[] {
    const prefix = asSchemas(schema.prefixItems);
    const fewest = asNumber(schema.minItems) ?? 0;
    const most = asNumber(schema.maxItems) ?? Number.POSITIVE_INFINITY;
    const wanted = depth < maxRichDepth ? 1 : 0;
    const length = Math.min(most, Math.max(fewest, wanted, prefix.length));
    const rest = typeof schema.items === 'object' && schema.items !== null ? (schema.items as Schema) : {};
    const values: unknown[] = [];
    for (let index = 0; index < length && !this.#isSpent; index += 1) {
      const itemSchema = prefix[index] ?? rest;
      const value = this.sample(itemSchema, depth + 1);
      const isUnique = schema.uniqueItems === true;
      if (isUnique) this.#spend(values.length);
      values.push(isUnique ? makeUnique(value, values, this.#resolve(itemSchema, depth + 1)) : value);
    }
    return values;
  }

  #string(schema: Record<string, unknown>): string {
    const fewest = Math.min(asNumber(schema.minLength) ?? 0, maxStringCharacters);
    const most = asNumber(schema.maxLength) ?? Number.POSITIVE_INFINITY;
    const format = typeof schema.format === 'string' ? formatSamples[schema.format] : undefined;
    if (format !== undefined) return format;
    const { words } = this.#hints;
    const fits = (word: string) => {
      const length = [...word].length;
      return length >= fewest && length <= most;
    };
    const inTurn = [...words.slice(this.#wordsUsed), ...words].filter(fits);
    const stock = ['demo', '1', '2026', 'a', 'A1'].filter(fits);
    const text =
      this.#firstMatch(schema.pattern, [...inTurn, ...stock]) ??
      'demo'.repeat(Math.ceil(fewest / 4) || 1).slice(0, Math.max(fewest, Math.min(most, 4)));
    if (words.includes(text)) this.#wordsUsed = (words.indexOf(text) + 1) % words.length;
    this.#spend(1 + (text.length + inTurn.length) / charactersPerStep);
    return text;
  }

  /** The first candidate that matches; without a pattern, the first. */
  #firstMatch(pattern: unknown, candidates: readonly string[]): string | undefined {
    if (typeof pattern !== 'string') return candidates[0];
    if (this.#patternsLeft === 0) return undefined;
    this.#patternsLeft -= 1;
    try {
      const isMatch = new RegExp(pattern, 'u');
      // A context of its own, because only there a match that does not end can be ended.
      const find = 'candidates.find((candidate) => isMatch.test(candidate))';
      return runInNewContext(find, { isMatch, candidates }, { timeout: maxPatternMs }) as string | undefined;
    } catch {
      return undefined;
    }
  }

  #number(schema: Record<string, unknown>, isInteger: boolean): number {
    const step = asNumber(schema.multipleOf) ?? (isInteger ? 1 : undefined);
    const above = asNumber(schema.exclusiveMinimum);
    const below = asNumber(schema.exclusiveMaximum);
    const least = Math.max(asNumber(schema.minimum) ?? Number.NEGATIVE_INFINITY, above ?? Number.NEGATIVE_INFINITY);
    const most = Math.min(asNumber(schema.maximum) ?? Number.POSITIVE_INFINITY, below ?? Number.POSITIVE_INFINITY);
    const fits = (value: number) =>
      value >= least &&
      value <= most &&
      value !== above &&
      value !== below &&
      (!isInteger || Number.isInteger(value)) &&
      (step === undefined || Number.isInteger(value / step));
    const told = this.#hints.numbers[this.#numbersUsed % Math.max(1, this.#hints.numbers.length)];
    this.#numbersUsed += 1;
    const unit = step ?? 1;
    const first = Math.ceil(least / unit) * unit;
    const last = Math.floor(most / unit) * unit;
    const candidates = [
      told,
      1,
      0,
      first,
      first + unit,
      last,
      last - unit,
      (least + most) / 2,
      least + 0.5,
      most - 0.5,
    ];
    return candidates.find((value) => value !== undefined && Number.isFinite(value) && fits(value)) ?? 0;
  }
}

/** Both schemas at once, as far as a sample needs it. */
function merge(into: Record<string, unknown>, further: Schema): Record<string, unknown> {
  if (typeof further !== 'object' || further === null) return into;
  const merged: Record<string, unknown> = { ...further, ...into };
  if (into.properties && further.properties) {
    merged.properties = { ...asProperties(further.properties), ...asProperties(into.properties) };
  }
  if (Array.isArray(into.required) && Array.isArray(further.required)) {
    merged.required = [...new Set([...into.required, ...further.required])];
  }
  return merged;
}

/** Another value of the same kind when there is one already. */
function makeUnique(value: unknown, others: readonly unknown[], schema: Record<string, unknown>): unknown {
  const seen = new Set(others.map((other) => JSON.stringify(other)));
  if (!seen.has(JSON.stringify(value))) return value;
  if (Array.isArray(schema.enum)) return schema.enum.find((other) => !seen.has(JSON.stringify(other))) ?? value;
  for (let n = 1; n <= others.length + 1; n += 1) {
    const other = typeof value === 'string' ? `${value}${n}` : typeof value === 'number' ? value + n : value;
    if (!seen.has(JSON.stringify(other))) return other;
  }
  return value;
}
