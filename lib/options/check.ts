/** Checks configuration against a JSON Schema, with every fault in words. */
import type { Ajv, ErrorObject, Options, ValidateFunction } from 'ajv';
import { findCompiled } from '../compiled-schemas.ts';
import type { JsonSchema } from '../json-schema.ts';
import { loadPackage } from '../load-package.ts';
import { isSecretName, mask } from '../masking.ts';
import { type Fault, joinPath, nearestName } from './faults.ts';
import { formatChecks, formatTests } from './formats.ts';

const annotations = [
  'x-env',
  'x-unit',
  'x-secret',
  'x-section',
  'x-expected',
  'x-sign-in-hosts',
  'x-restart',
  'x-file',
];

/**
 * @param isOwn the schemas are this project's: to hold them to the schema of schemas would cost a start 15 ms
 * @param code how the code of validators is made, where it is kept
 */
export function createOptionsAjv(isOwn: boolean, code?: Options['code']): Ajv {
  const { Ajv } = loadPackage<typeof import('ajv')>('ajv');
  const ajv = new Ajv({
    allErrors: true,
    useDefaults: true,
    verbose: true,
    allowUnionTypes: true,
    // Strict otherwise: a misspelled keyword in a plugin's schema is an error instead of a silently missing check.
    strictTypes: false,
    // A plugin's schema may have a name, and comes again when the plugin is loaded again.
    addUsedSchema: false,
    ...(isOwn && { meta: false, validateSchema: false }),
    code,
  });
  ajv.addVocabulary(annotations);
  for (const [name, test] of Object.entries(formatTests)) ajv.addFormat(name, test);
  return ajv;
}

/** The schema of a box or provider without options. */
export const noOptions: JsonSchema = { type: 'object', additionalProperties: false };

/** For this project's own schemas, and for those of others. */
const ajvs = new Map<boolean, Ajv>();
const compiled = new WeakMap<JsonSchema, ValidateFunction>();

function compile(schema: JsonSchema, isOwn: boolean): ValidateFunction {
  const known = compiled.get(schema);
  if (known) return known;
  const validate = (isOwn && findCompiled('options', schema)) || ajvFor(isOwn).compile(schema);
  compiled.set(schema, validate);
  return validate;
}

function ajvFor(isOwn: boolean): Ajv {
  const ajv = ajvs.get(isOwn) ?? createOptionsAjv(isOwn);
  ajvs.set(isOwn, ajv);
  return ajv;
}

const typeWords: Record<string, string> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of keys to values',
};

/**
 * The steps of a JSON pointer (RFC 6901, https://www.rfc-editor.org/rfc/rfc6901) as a path; a step is an index where the value
 * there is a list.
 */
function pathOf(pointer: string, root: unknown, start: string): string {
  let path = start;
  let value: unknown = root;
  for (const raw of pointer.split('/').slice(1)) {
    const step = raw.replaceAll('~1', '/').replaceAll('~0', '~');
    path = joinPath(path, Array.isArray(value) ? Number(step) : step);
    value = (value as Record<string, unknown> | undefined)?.[step];
  }
  return path;
}

function reasonOf({ keyword, params, message, parentSchema }: ErrorObject): string {
  switch (keyword) {
    case 'type':
      return `must be ${[params.type]
        .flat()
        .map((type) => typeWords[type] ?? type)
        .join(' or ')}`;
    case 'enum':
      return `must be one of ${params.allowedValues.join(', ')}`;
    case 'minLength':
      return params.limit === 1 ? 'must not be empty' : `must be at least ${params.limit} characters long`;
    case 'minItems':
      return params.limit === 1 ? 'must not be empty' : `must have at least ${params.limit} entries`;
    case 'minimum':
      return `must be at least ${params.limit}`;
    case 'exclusiveMinimum':
      return `must be more than ${params.limit}`;
    case 'maximum':
      return `must be at most ${params.limit}`;
    case 'pattern':
      return `must be ${parentSchema?.['x-expected'] ?? `text that matches ${params.pattern}`}`;
    default:
      return message ?? `fails the check '${keyword}'`;
  }
}

/** The allowed value, or the example, that was probably meant. */
function nearestOf({ keyword, params, data, parentSchema }: ErrorObject): string | undefined {
  const values = keyword === 'enum' ? params.allowedValues : keyword === 'pattern' ? parentSchema?.examples : undefined;
  return typeof data === 'string' && values ? nearestName(data, values.map(String)) : undefined;
}

function toFault(error: ErrorObject, root: unknown, start: string): Fault {
  const path = pathOf(error.instancePath, root, start);
  const { keyword, params, data, parentSchema } = error;
  if (keyword === 'additionalProperties') {
    const key: string = params.additionalProperty;
    const nearest = nearestName(key, Object.keys(parentSchema?.properties ?? {}));
    return { path: joinPath(path, key), reason: 'is not a known key here', nearest };
  }
  if (keyword === 'required') return { path: joinPath(path, params.missingProperty), reason: 'is missing' };
  const isSecret = parentSchema?.['x-secret'] === true || (typeof data === 'string' && isSecretName(path));
  const value = isSecret ? mask : data;
  if (keyword === 'format') {
    const found = formatChecks[params.format as keyof typeof formatChecks](data as string);
    return { path, value, reason: `must be a ${params.format}`, ...found };
  }
  return { path, value, reason: reasonOf(error), nearest: nearestOf(error) };
}

/**
 * Finds every fault of a value, and fills in the schema's defaults in place.
 * @param path the value's own path, for the faults' paths
 * @param isOwn is the schema this project's own, and so right? Default false
 */
export function checkOptions(schema: JsonSchema, value: unknown, path: string, isOwn = false): Fault[] {
  let validate: ValidateFunction;
  try {
    validate = compile(schema, isOwn);
  } catch (error) {
    return [{ path, reason: `cannot be checked, because their own schema is wrong: ${(error as Error).message}` }];
  }
  if (validate(value)) return [];
  return (validate.errors ?? []).map((error) => toFault(error, value, path));
}

/** The options of an entry without options: the schema's defaults, filled in without loading ajv. */
export function defaultsOf({ properties = {} }: JsonSchema): Record<string, unknown> {
  const withDefault = Object.entries(properties).filter(([, schema]) => schema.default !== undefined);
  return Object.fromEntries(withDefault.map(([key, schema]) => [key, structuredClone(schema.default)]));
}
