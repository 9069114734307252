/** Checks a request body against its JSON Schema and words the first fault as OpenAI does, with the field it is in. */
import type { Ajv, ErrorObject, Options, ValidateFunction } from 'ajv';
import { findCompiled } from '../compiled-schemas.ts';
import { OpenCompatError } from '../errors.ts';
import type { JsonSchema } from '../json-schema.ts';
import { loadPackage } from '../load-package.ts';

/** Throws for a body that the schema refuses. */
export interface Validator {
  (body: unknown): void;
  /** Compiles the schema now instead of at first use. */
  compile(): void;
}

/** Most characters of the client's text that a message repeats. */
const maxQuotedLength = 100;

let sharedAjv: Ajv | undefined;
const compiled = new WeakMap<JsonSchema, ValidateFunction>();

/**
 * The schema is compiled at first use, so that a server which never serves an API never pays for it. Write unions of
 * objects with `discriminator` and `oneOf`: the fault is then reported inside the branch that the discriminator names.
 * @throws OpenCompatError (from the validator) OC_MISSING_PARAMETER, OC_INVALID_TYPE, OC_INVALID_VALUE
 */
export function createValidator(schema: JsonSchema): Validator {
  function validate(body: unknown): void {
    const check = compile(schema);
    if (!check(body)) throw toError(check.errors![0]!, body);
  }
  return Object.assign(validate, { compile: () => void compile(schema) });
}

/** One validator for each schema, shared by all servers of the process. */
function compile(schema: JsonSchema): ValidateFunction {
  let check = compiled.get(schema);
  if (!check) {
    check = findCompiled('request', schema) ?? ajv().compile(schema);
    compiled.set(schema, check);
  }
  return check;
}

/** @param code how the code of validators is made, where it is kept */
export function createRequestAjv(code?: Options['code']): Ajv {
  const { Ajv } = loadPackage<typeof import('ajv')>('ajv');
  return new Ajv({
    discriminator: true,
    strictTypes: false,
    // Puts the faulty value and the schema beside the fault, which the messages need.
    verbose: true,
    addUsedSchema: false,
    // The schemas are this project's own.
    meta: false,
    validateSchema: false,
    code,
  });
}

function ajv(): Ajv {
  sharedAjv ??= createRequestAjv();
  return sharedAjv;
}

function toError(fault: ErrorObject, body: unknown): OpenCompatError {
  const { keyword, data, params, parentSchema } = fault;
  const path = readPath(fault.instancePath, body);
  const param = formatPath(path);
  switch (keyword) {
    case 'required':
      return missing(formatPath([...path, params.missingProperty]));
    case 'type':
      return invalidType(param, params.type, data);
    case 'discriminator': {
      const tagParam = formatPath([...path, params.tag]);
      if (params.error === 'mapping') return invalidValue(tagParam, notSupported(params.tagValue, tags(fault)));
      return params.tagValue === undefined ? missing(tagParam) : invalidType(tagParam, 'string', params.tagValue);
    }
    case 'enum':
      return invalidValue(param, notSupported(data, params.allowedValues));
    case 'const':
      return invalidValue(param, notSupported(data, [params.allowedValue]));
    case 'minimum':
    case 'maximum': {
      const kind = isInteger(parentSchema) ? 'integer' : 'decimal';
      const [side, code] = keyword === 'minimum' ? ['below minimum', 'below_min'] : ['above maximum', 'above_max'];
      const reason = `Invalid '${param}': ${kind} ${side} value. Expected a value ${params.comparison} ${params.limit}, but got ${data} instead.`;
      return invalidValue(param, reason, `${kind}_${code}_value`);
    }
    case 'minItems':
    case 'maxItems':
      return invalidLength(param, 'array', keyword === 'minItems', params.limit, (data as unknown[]).length);
    case 'minLength':
    case 'maxLength':
      return invalidLength(param, 'string', keyword === 'minLength', params.limit, (data as string).length);
    case 'pattern': {
      const reason = `Invalid '${param}': string does not match pattern. Expected a string that matches the pattern '${params.pattern}'.`;
      return invalidValue(param, reason);
    }
    case 'additionalProperties': {
      const name = formatPath([...path, params.additionalProperty]);
      return invalidValue(name, `Unknown parameter: '${name}'.`, 'unknown_parameter');
    }
    default:
      return invalidValue(param, `Invalid '${param || 'body'}': ${fault.message}.`);
  }
}

function missing(param: string): OpenCompatError {
  return new OpenCompatError('OC_MISSING_PARAMETER', {}, { param });
}

function invalidType(param: string, expected: string | string[], data: unknown): OpenCompatError {
  // Null means "not given" wherever it is allowed: messages leave it out.
  const types = (Array.isArray(expected) ? expected : [expected]).filter((type) => type !== 'null').map(nameType);
  const list = types.length > 1 ? `one of ${joinWords(types, 'or')}` : types[0];
  const what = param ? `'${param}'` : 'the request body';
  const reason = `Invalid type for ${what}: expected ${list}, but got ${nameTypeOf(data)} instead.`;
  return new OpenCompatError('OC_INVALID_TYPE', { reason }, { param: param || undefined });
}

function invalidLength(param: string, kind: 'array' | 'string', isMin: boolean, limit: number, length: number) {
  const actual = length === 0 ? `an empty ${kind}` : `${nameType(kind)} with length ${length}`;
  const [fault, code] = isMin
    ? length === 0
      ? [`empty ${kind}`, `empty_${kind}`]
      : [`${kind} too short`, `${kind}_below_min_length`]
    : [`${kind} too long`, `${kind}_above_max_length`];
  const bound = `${isMin ? 'minimum' : 'maximum'} length ${limit}`;
  const reason = `Invalid '${param}': ${fault}. Expected ${nameType(kind)} with ${bound}, but got ${actual} instead.`;
  return invalidValue(param, reason, code);
}

function invalidValue(param: string, reason: string, publicCode?: string): OpenCompatError {
  return new OpenCompatError('OC_INVALID_VALUE', { reason }, { param: param || undefined, publicCode });
}

/** "Invalid value: 'foo'. Supported values are: 'a', 'b', and 'c'." */
export function notSupported(value: unknown, supported: readonly unknown[]): string {
  const list = joinWords(
    supported.filter((each) => each !== null).map((each) => `'${each}'`),
    'and',
  );
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
  const quoted = text.length > maxQuotedLength ? `${text.slice(0, maxQuotedLength)}…` : text;
  return `Invalid value: '${quoted}'. Supported values are: ${list}.`;
}

function joinWords(words: readonly string[], conjunction: string): string {
  if (words.length < 2) return words.join();
  if (words.length === 2) return words.join(` ${conjunction} `);
  return `${words.slice(0, -1).join(', ')}, ${conjunction} ${words.at(-1)}`;
}

function nameType(type: string): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function nameTypeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a decimal number';
  return nameType(typeof value);
}

function isInteger(schema: ErrorObject['parentSchema']): boolean {
  const type: unknown = schema?.type;
  return Array.isArray(type) ? type.includes('integer') : type === 'integer';
}

/** The discriminator's values that have a branch. */
function tags(fault: ErrorObject): unknown[] {
  const branches: JsonSchema[] = fault.parentSchema?.oneOf ?? [];
  return branches.flatMap((branch) => {
    const tag = branch.properties?.[fault.params.tag];
    return tag?.enum ?? [tag?.const];
  });
}

/** A JSON pointer's steps; a step is a number where the body has an array there. */
function readPath(pointer: string, body: unknown): (string | number)[] {
  const steps: (string | number)[] = [];
  let value = body;
  for (const raw of pointer.split('/').slice(1)) {
    const key = raw.replaceAll('~1', '/').replaceAll('~0', '~');
    steps.push(Array.isArray(value) ? Number(key) : key);
    value = (value as Record<string, unknown>)[key];
  }
  return steps;
}

function formatPath(steps: readonly (string | number)[]): string {
  let path = '';
  for (const step of steps) path += typeof step === 'number' ? `[${step}]` : path ? `.${step}` : step;
  return path;
}
