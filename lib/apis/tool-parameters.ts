/**
 * The schema of a tool's arguments as every upstream takes it. Those of MCP servers come in all dialects of JSON Schema, and
 * with faults; an upstream refuses the whole request for one of them (OpenAI, Anthropic, Gemini, seen 2026).
 */
import { asObject, asText, type Json } from '../lenient-json.ts';

export interface ParametersOptions {
  /** Does the upstream resolve `$ref`? Default false: what is referred to is put in its place. */
  hasReferences?: boolean;
  /** The names of properties that the upstream takes. Default: all. Those of other names are told in the description. */
  propertyName?: RegExp;
  /** How much may still be put in the place of references, in schemas; shared by the tools of a request. */
  budget?: { schemas: number };
}

/** Schemas inside of one another, and those that are put in the place of references: what is beyond is any value. */
const maxDepth = 64;
/** Alternatives at a root that are looked at. */
const maxAlternatives = 1_000;
const maxPutIn = 20_000;

/** For the tools of one request, which a few lines of references could otherwise make as large as they like. */
export function createSchemaBudget(): { schemas: number } {
  return { schemas: maxPutIn };
}

/** Of a schema that is one of its own; nobody here looks them up. */
const identities: ReadonlySet<string> = new Set([
  '$schema',
  '$id',
  '$comment',
  '$anchor',
  '$dynamicAnchor',
  '$vocabulary',
]);
/** What these hold is a value of the client's own, and may be null. */
const values: ReadonlySet<string> = new Set(['default', 'const', 'examples', 'example']);
const schemaKeys: ReadonlySet<string> = new Set(['not', 'if', 'then', 'else', 'contains', 'propertyNames']);
const listKeys: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'allOf']);
const mapKeys: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
]);
const definitionKeys = ['$defs', 'definitions'] as const;

/** What other keywords have to hold. A server refuses the whole request where one of them does not. */
const kinds: readonly [test: (value: unknown) => boolean, keywords: readonly string[]][] = [
  [isText, ['format', 'title', 'description', 'contentEncoding', 'contentMediaType']],
  [isPattern, ['pattern']],
  [(value) => typeof value === 'number', ['minimum', 'maximum']],
  [(value) => typeof value === 'number' && value > 0, ['multipleOf']],
  [(value) => ['number', 'boolean'].includes(typeof value), ['exclusiveMinimum', 'exclusiveMaximum']],
  [
    (value) => Number.isInteger(value) && (value as number) >= 0,
    [
      ...['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'],
      ...['minContains', 'maxContains'],
    ],
  ],
  [(value) => typeof value === 'boolean', ['uniqueItems', 'deprecated', 'readOnly', 'writeOnly']],
];
const tests = new Map(kinds.flatMap(([test, keywords]) => keywords.map((keyword) => [keyword, test] as const)));

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

/** Of ECMA-262, as JSON Schema has it; what Python or Go alone understand is refused (OpenAI, seen 2026). */
function isPattern(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    new RegExp(value, 'u');
    return true;
  } catch {
    return false;
  }
}

/** Words of other type systems that some tools are described in. */
const typeWords: ReadonlyMap<string, string> = new Map([
  ['bool', 'boolean'],
  ['dict', 'object'],
  ['double', 'number'],
  ['float', 'number'],
  ['int', 'integer'],
  ['list', 'array'],
  ['str', 'string'],
]);
const types: ReadonlySet<string> = new Set(['array', 'boolean', 'integer', 'null', 'number', 'object', 'string']);

/** An object schema with `properties`, and no alternatives at its root. A schema without faults stays as it is. */
export function toToolParameters(schema: unknown, options: ParametersOptions = {}): Json {
  const given = asObject(schema) ?? {};
  const { $ref, ...root } = given;
  const definitions = Object.fromEntries(
    definitionKeys.flatMap((key) => (asObject(given[key]) ? [[key, given[key]]] : [])),
  );
  const target = asText($ref) === '#' ? undefined : find(given, $ref);
  const whole = flatten({ ...target, ...root, ...definitions }, given);
  const repaired = new Repair(given, options).schema(whole);
  if (!options.hasReferences) for (const key of definitionKeys) delete repaired[key];
  return { ...repaired, type: 'object', properties: asObject(repaired.properties) ?? {} };
}

/** What a reference within the document leads to. */
function find(document: Json, reference: unknown): Json | undefined {
  const path = asText(reference);
  if (!path?.startsWith('#/')) return path === '#' ? document : undefined;
  let value: unknown = document;
  for (const step of path.slice(2).split('/')) {
    const object = asObject(value);
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (!object || !Object.hasOwn(object, key)) return undefined;
    value = object[key];
  }
  return asObject(value);
}

/** Alternatives at the root as one object: with the properties of all, of which those are required that all require. */
function flatten(root: Json, document: Json): Json {
  const { anyOf, oneOf, allOf, not: _not, enum: _enum, const: _const, ...flat } = root;
  const resolve = (list: unknown): Json[] =>
    (Array.isArray(list) ? list : []).slice(0, maxAlternatives).flatMap((each): Json[] => {
      const variant = asObject(each);
      const found = variant && (find(document, variant.$ref) ?? variant);
      return found && found !== document ? [found] : [];
    });
  const all = resolve(allOf);
  const alternatives = [...resolve(anyOf), ...resolve(oneOf)].filter(({ type }) => type !== 'null');
  const variants = [...all, ...alternatives];
  if (variants.length === 0) return flat;
  const properties: Json = {};
  for (const each of [...variants, flat]) Object.assign(properties, asObject(each.properties));
  const required = new Set([...namesOf(flat.required), ...all.flatMap((each) => namesOf(each.required))]);
  for (const name of namesOfAll(alternatives)) required.add(name);
  const { required: _required, ...rest } = flat;
  // What one alternative closes another may need.
  const isClosed = variants.some(({ additionalProperties }) => additionalProperties === false);
  return {
    ...rest,
    properties,
    ...(required.size > 0 && { required: [...required] }),
    ...(isClosed && rest.additionalProperties === undefined && { additionalProperties: false }),
  };
}

/** What every one of the alternatives requires. */
function namesOfAll([first, ...others]: readonly Json[]): string[] {
  const counts = new Map(namesOf(first?.required).map((name) => [name, 0]));
  for (const { required } of others) {
    for (const name of new Set(namesOf(required))) if (counts.has(name)) counts.set(name, counts.get(name)! + 1);
  }
  return [...counts].flatMap(([name, count]) => (count === others.length ? name : []));
}

function namesOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}

class Repair {
  readonly #document: Json;
  readonly #hasReferences: boolean;
  readonly #propertyName: RegExp | undefined;
  /** References that are being put in: one of them within itself has no end. */
  readonly #open = new Set<string>();
  readonly #budget: { schemas: number };

  constructor(
    document: Json,
    { hasReferences = false, propertyName, budget = createSchemaBudget() }: ParametersOptions,
  ) {
    this.#propertyName = propertyName;
    this.#document = document;
    this.#hasReferences = hasReferences;
    this.#budget = budget;
  }

  schema(value: unknown, depth = 0): Json {
    const given = asObject(value);
    if (!given || depth > maxDepth || (this.#open.size > 0 && --this.#budget.schemas < 0)) return {};
    const reference = asText(given.$ref);
    if (reference !== undefined && !(this.#hasReferences && find(this.#document, reference))) {
      return this.#inline(given, reference, depth);
    }
    const repaired: Json = {};
    for (const [key, each] of Object.entries(given)) {
      const kept = this.#keyword(key, each, depth);
      if (kept !== undefined) repaired[key] = kept;
    }
    const named = withRequired(this.#propertyName ? withNames(repaired, this.#propertyName) : repaired, given);
    return withItems(withBounds(withType(named)), given, (items) => this.schema(items, depth + 1));
  }

  #inline({ $ref: _, ...beside }: Json, reference: string, depth: number): Json {
    const target = this.#open.has(reference) ? undefined : find(this.#document, reference);
    this.#open.add(reference);
    const inlined = this.schema({ ...target, ...beside }, depth + 1);
    if (target) this.#open.delete(reference);
    return inlined;
  }

  /** Undefined: it is left out. */
  #keyword(key: string, value: unknown, depth: number): unknown {
    if (values.has(key)) return value;
    if (
      value === null ||
      value === undefined ||
      identities.has(key) ||
      key === '$dynamicRef' ||
      key === '$recursiveRef'
    ) {
      return undefined;
    }
    // What is referred to has been put in its place.
    if (!this.#hasReferences && (definitionKeys as readonly string[]).includes(key)) return undefined;
    if (schemaKeys.has(key)) return asObject(value) && this.schema(value, depth + 1);
    if (mapKeys.has(key)) {
      const map = asObject(value);
      return map && Object.fromEntries(Object.entries(map).map(([name, each]) => [name, this.schema(each, depth + 1)]));
    }
    if (listKeys.has(key)) {
      return Array.isArray(value) && value.length > 0 ? value.map((each) => this.schema(each, depth + 1)) : undefined;
    }
    if (key === 'additionalProperties') return typeof value === 'boolean' ? value : this.schema(value, depth + 1);
    if (key === 'enum') return Array.isArray(value) && value.length > 0 ? value : undefined;
    if ((key === '$ref' && typeof value !== 'string') || tests.get(key)?.(value) === false) return undefined;
    return key === 'items' || key === 'prefixItems' || key === 'required' ? undefined : value;
  }
}

/** Properties whose names the upstream refuses are told in words: the model may still use them. */
function withNames(schema: Json, propertyName: RegExp): Json {
  const properties = asObject(schema.properties) ?? {};
  const others = Object.keys(properties).filter((name) => !propertyName.test(name));
  if (others.length === 0) return schema;
  const { additionalProperties, ...open } = schema;
  // By name and type alone: a text of a schema within that of another would double its backslashes at each depth.
  const told = others.map((name) => {
    const type = asText(asObject(properties[name])?.type);
    return `${JSON.stringify(name)}${type ? ` (${type})` : ''}`;
  });
  return {
    ...open,
    ...(additionalProperties !== false && additionalProperties !== undefined && { additionalProperties }),
    description: `${asText(schema.description) ?? ''} It also has the properties ${told.join(', ')}.`.trim(),
    properties: Object.fromEntries(Object.entries(properties).filter(([name]) => propertyName.test(name))),
  };
}

/** The list of names, also where each property says so itself (draft 3). */
function withRequired(schema: Json, given: Json): Json {
  const own = Object.entries(asObject(given.properties) ?? {}).flatMap(([name, each]) =>
    asObject(each)?.required === true ? [name] : [],
  );
  const all = [...new Set([...namesOf(given.required), ...own])];
  const isLeftOut = (name: string) =>
    Object.hasOwn(asObject(given.properties) ?? {}, name) && !Object.hasOwn(asObject(schema.properties) ?? {}, name);
  const required = all.filter((name) => !isLeftOut(name));
  const isList = Array.isArray(given.required);
  return isList || required.length > 0 ? { ...schema, required } : schema;
}

function withType({ nullable, ...schema }: Json): Json {
  const { type, ...rest } = schema;
  const known = (Array.isArray(type) ? type : [type]).flatMap((word) => {
    const name = typeof word === 'string' ? word.toLowerCase() : '';
    return types.has(name) ? name : (typeWords.get(name) ?? []);
  });
  const words = [...new Set(known)];
  if (nullable === true && words.length > 0 && !words.includes('null')) words.push('null');
  if (words.length === 0) return rest;
  return { ...schema, type: words.length === 1 ? words[0] : words };
}

/** Bounds that are excluded: a flag beside the bound in draft 4, a number since. */
function withBounds(schema: Json): Json {
  const bounded = { ...schema };
  for (const [flag, bound] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (typeof bounded[flag] !== 'boolean') continue;
    const isExcluded = bounded[flag] && typeof bounded[bound] === 'number';
    delete bounded[flag];
    if (!isExcluded) continue;
    bounded[flag] = bounded[bound];
    delete bounded[bound];
  }
  return bounded;
}

/** What a list holds, in one schema: some upstreams know no lists of schemas there, and none a list of nothing known. */
function withItems(schema: Json, { items, prefixItems }: Json, repair: (items: unknown) => Json): Json {
  const isList = schema.type === 'array' || (Array.isArray(schema.type) && schema.type.includes('array'));
  const places = [items, prefixItems].find(Array.isArray) as unknown[] | undefined;
  if (places) {
    const kinds = places.map(repair);
    return { ...schema, items: kinds.length === 1 ? kinds[0] : kinds.length === 0 ? {} : { anyOf: kinds } };
  }
  if (asObject(items)) return { ...schema, items: repair(items) };
  return isList ? { ...schema, items: {} } : schema;
}
