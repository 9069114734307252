/** The files of the chart that are made from values.yaml and the program's configuration schema. */
import { stringify } from 'yaml';
import { type ConfigKey, configKeys } from '../../lib/config/keys.ts';
import type { JsonSchema } from '../../lib/json-schema.ts';
import { toCode, toTable } from '../docs/markdown.ts';
import { type DocumentedValue, leavesOf, readDocumentedValues } from './documented-values.ts';

/** The chart's own spelling, older than the program's. */
const ownSpellings: Readonly<Record<string, string>> = { oauthClientID: 'oauthClientId' };

/** Kept in a Secret, besides the program's own secrets. */
const secretKeys = new Set(['oauthClientId']);

/** What the chart has to say about a key of the configuration beyond the program's schema. */
const narrower: Readonly<Record<string, JsonSchema>> = { port: { minimum: 1 } };

const isConfigKey = (name: string) => configKeys.some((key) => key.name === name);

/** Keys of the configuration that values.yaml does not list. */
function unlistedConfigKeys(values: readonly DocumentedValue[]): ConfigKey[] {
  const listed = configValues(values).map(({ path }) => path.at(-1)!);
  return configKeys.filter(({ name }) => !listed.includes(name));
}

function configValues(values: readonly DocumentedValue[]): readonly DocumentedValue[] {
  return values.find(({ path }) => path.join('.') === 'config')?.children ?? [];
}

// ── values.schema.json ───────────────────────────────────────────────────────────────────────────────────────────────

/** JSON for Helm. Names that do not exist are left to templates/_validate.tpl, which can say what was meant. */
export function formatValuesSchema(values = readDocumentedValues()): string {
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Values of the OpenCompat chart',
    ...objectSchema(values),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function objectSchema(values: readonly DocumentedValue[]): JsonSchema {
  return {
    type: 'object',
    properties: Object.fromEntries(values.map((value) => [value.path.at(-1)!, schemaOf(value)])),
  };
}

function schemaOf(value: DocumentedValue): JsonSchema {
  const { path, children, description } = value;
  const name = path.at(-1)!;
  if (path.join('.') === 'config') {
    const { properties } = objectSchema(children);
    const others = configKeys.map((key) => [key.name, configSchemaOf(key)]);
    return { type: 'object', properties: { ...properties, ...Object.fromEntries(others) } };
  }
  if (path[0] === 'config' && isConfigKey(name)) return {};
  if (children.length > 0) return objectSchema(children);
  return { ...(description && { description }), ...(value.schema.enum ? {} : typeOf(value)), ...value.schema };
}

function typeOf({ default: value, schema }: DocumentedValue): JsonSchema {
  if (schema.type || value === null) return {};
  if (Array.isArray(value)) return { type: 'array' };
  return { type: typeof value === 'number' ? 'integer' : typeof value };
}

/** As the program takes it, also as the text that the environment would hold; empty for the program's own default. */
function configSchemaOf({ name, schema, env }: ConfigKey): JsonSchema {
  const { default: _, format: _format, minLength: _minLength, ...rest } = withoutAnnotations(schema);
  const narrowed: JsonSchema = { ...rest, ...narrower[name] };
  if (env.length === 0) return narrowed;
  if (narrowed.enum) return { ...narrowed, enum: [...narrowed.enum, ''] };
  const types = [narrowed.type ?? []].flat();
  if (types.includes('boolean')) return { ...narrowed, type: ['boolean', 'string'], pattern: '^(true|false)?$' };
  if (types.includes('string')) return narrowed.pattern ? { ...narrowed, pattern: `^$|${narrowed.pattern}` } : narrowed;
  if (types.includes('array')) return { ...narrowed, type: ['array', 'string'] };
  const number = types.includes('integer') ? '\\d*' : '(\\d+(\\.\\d+)?)?';
  return { ...narrowed, type: [...types, 'string'], pattern: `^${number}$` };
}

/** Without what only our own checks know, at any depth. */
function withoutAnnotations(schema: JsonSchema): JsonSchema {
  const clean = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(clean);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => !key.startsWith('x-'))
        .map(([key, item]) => [key, clean(item)]),
    );
  };
  return clean(schema) as JsonSchema;
}

// ── files/keys.yaml ──────────────────────────────────────────────────────────────────────────────────────────────────

interface KnownNames {
  [name: string]: KnownNames | null;
}

/** YAML for the templates: every name that there is, and what becomes of each key of the configuration. */
export function formatKeys(values = readDocumentedValues()): string {
  const known = namesOf(values);
  for (const { name } of configKeys) known.config![name] ??= null;
  const config = configKeys.map(({ name, env, schema }) => {
    const isSecret = env.length > 0 && (schema['x-secret'] === true || secretKeys.has(name));
    return [name, { ...(env[0] && { env: env[0] }), ...(isSecret && { secret: true }) }] as const;
  });
  const head = '# Made by `npm run docs` from values.yaml and lib/config/schema.ts.\n';
  return head + stringify({ values: known, config: Object.fromEntries(config) });
}

function namesOf(values: readonly DocumentedValue[]): KnownNames {
  return Object.fromEntries(
    values.map(({ path, children }) => [path.at(-1)!, children.length > 0 ? namesOf(children) : null]),
  );
}

// ── The tables of README.md ──────────────────────────────────────────────────────────────────────────────────────────

/** Markdown: a table of the values for each section. */
export function formatValuesTable(values = readDocumentedValues()): string {
  const leaves = leavesOf(values);
  const sections = [...new Set(leaves.map(({ section }) => section))];
  return sections
    .flatMap((section) => {
      const rows = leaves.filter((leaf) => leaf.section === section).map(toCells);
      return [`**${section}**`, toTable(['value', 'default', 'meaning'], rows)];
    })
    .join('\n\n');
}

function toCells({ path, default: value, description }: DocumentedValue): string[] {
  return [toCode(path.join('.')), value === null ? '' : toCode(JSON.stringify(value)), description];
}

/** Markdown: a table of the keys of the configuration that values.yaml does not list. */
export function formatConfigTable(values = readDocumentedValues()): string {
  const rows = unlistedConfigKeys(values).map(({ name, env, schema }) => {
    const spelling = Object.keys(ownSpellings).find((own) => ownSpellings[own] === name);
    const description = spelling ? `The same as ${toCode(`config.${spelling}`)}.` : (schema.description ?? '');
    return [toCode(`config.${name}`), env[0] ? toCode(env[0]) : 'the file', description];
  });
  return toTable(['value', 'goes to', 'meaning'], rows);
}
