/** The values of each source (the file, the environment, the flags), their places and their faults. */
import type { JsonSchema } from '../json-schema.ts';
import { mask } from '../masking.ts';
import { checkOptions } from '../options/check.ts';
import { type Fault, nearestName } from '../options/faults.ts';
import { builtIns } from '../providers/built-ins.ts';
import { keyFileSchema } from './client-key-schema.ts';
import type { ConfigFile } from './file.ts';
import { configKeys, valueFromText } from './keys.ts';
import { entryAt } from './located-faults.ts';
import { configSchema } from './schema.ts';

export type Origin = 'default' | 'file' | 'environment' | 'flag';

/** Values from one source. */
export interface Layer {
  readonly origin: Exclude<Origin, 'default'>;
  readonly values: Readonly<Record<string, unknown>>;
  /** Where a path's value was given. */
  place(path: string): Pick<Fault, 'line' | 'source'>;
  /** The text that may be printed for a path, when the value itself came from elsewhere. */
  written?(path: string): string | undefined;
}

/** The schema without the defaults of keys, which are a layer of their own; defaults inside of values stay. */
const layerSchema: JsonSchema = {
  ...configSchema,
  properties: Object.fromEntries(configKeys.map(({ name, schema: { default: _, ...schema } }) => [name, schema])),
};

/** A validator for each key: only keys in use are compiled, and only once. */
const keySchemas = new Map<string, JsonSchema>(
  Object.entries(layerSchema.properties ?? {}).map(([name, schema]) => [
    name,
    { ...layerSchema, properties: { [name]: schema } },
  ]),
);

/**
 * Variables that Kubernetes sets in every pod beside services called `opencompat` or `opencompat-…`:
 * `OPENCOMPAT_PORT=tcp://10.0.0.1:80`, `OPENCOMPAT_REDIS_PORT=tcp://…` and the like. (https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables)
 */
const serviceLinkName = /_SERVICE_(HOST|PORT)(_|$)|_PORT_\d+_(TCP|UDP|SCTP)(_|$)/;
const serviceLinkText = /^(tcp|udp|sctp):\/\//;

/** What values are checked against: one key, or all of them at once; and the file of keys that are made here. */
export const checkedSchemas: readonly JsonSchema[] = [layerSchema, ...keySchemas.values(), keyFileSchema];

export interface LayerSources {
  readonly file: ConfigFile | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly flags: Readonly<Record<string, unknown>>;
  /** The base of relative paths in the file. */
  readonly baseDir: string;
  /** The base of all other relative paths. */
  readonly cwd: string;
}

/**
 * The layers from the weakest to the strongest.
 * @param warnings gets a line for each unknown variable
 */
export function readLayers({ file, env, flags, baseDir, cwd }: LayerSources, warnings: string[]): Layer[] {
  warnings.push(...warnOfUnknownVariables(env));
  return [
    ...(file ? [rewrite(layerOfFile(file), baseDir)] : []),
    rewrite(layerOfEnvironment(env, warnings), cwd),
    rewrite(layerOfFlags(flags), cwd),
  ];
}

function layerOfFile({ values, entries }: ConfigFile): Layer {
  return {
    origin: 'file',
    values,
    place: (path) => ({ line: entryAt(entries, path)?.line }),
    written: (path) => entryAt(entries, path)?.reference,
  };
}

function layerOfEnvironment(env: NodeJS.ProcessEnv, warnings: string[]): Layer {
  const values: Record<string, unknown> = {};
  const sources = new Map<string, string>();
  for (const { name, schema, env: variables } of configKeys) {
    for (const variable of variables) {
      const text = env[variable]?.trim();
      if (!text) continue;
      if (name === 'port' && serviceLinkText.test(text)) {
        warnings.push(`${variable}=${text} is ignored: it is a service link that Kubernetes sets, not a port.`);
        continue;
      }
      values[name] = valueFromText(schema, text);
      sources.set(name, variable);
      break;
    }
  }
  return { origin: 'environment', values, place: (path) => ({ source: sources.get(topOf(path)) }) };
}

/** Variables that commands read besides. */
const commandVariables = ['OPENCOMPAT_CONFIG', 'OPENCOMPAT_ADMIN_KEY', 'OPENCOMPAT_CHECK_DEMO'];

function warnOfUnknownVariables(env: NodeJS.ProcessEnv): string[] {
  const known = [...commandVariables, ...configKeys.flatMap(({ env: variables }) => variables)];
  const isServiceLink = (name: string) => serviceLinkName.test(name) || serviceLinkText.test(env[name] ?? '');
  const unknown = Object.keys(env).filter(
    (name) => name.startsWith('OPENCOMPAT_') && !known.includes(name) && !isServiceLink(name),
  );
  return unknown.map((variable) => {
    const nearest = nearestName(variable, known);
    return `The environment variable ${variable} is not one that is read${nearest ? `; did you mean ${nearest}?` : '.'}`;
  });
}

function layerOfFlags(flags: Readonly<Record<string, unknown>>): Layer {
  const values: Record<string, unknown> = {};
  for (const { name, schema } of configKeys) {
    const given = flags[name];
    if (given === undefined) continue;
    values[name] = typeof given === 'boolean' ? given : valueFromText(schema, [given].flat().join(','));
  }
  const sources = new Map(configKeys.map(({ name, flag }) => [name, flag]));
  return { origin: 'flag', values, place: (path) => ({ source: sources.get(topOf(path)) }) };
}

/** Lets the owners of keys convert their values. */
function rewrite(layer: Layer, directory: string): Layer {
  let rewritten = layer;
  for (const { rules } of builtIns) {
    const found = rules?.rewrite?.(rewritten.values, directory);
    if (!found) continue;
    const { place } = rewritten;
    const { values, writtenAs = {} } = found;
    rewritten = { ...rewritten, values, place: (path) => place(writtenAs[path] ?? path) };
  }
  return rewritten;
}

/** The key of the configuration that a path is in. */
export function topOf(path: string): string {
  return /^[\w$-]*/.exec(path)![0];
}

/** The faults of one layer's values; texts from the environment are never shown. */
export function checkLayer(layer: Layer): Fault[] {
  return faultsOf(layer).map((fault) => {
    const { path, value } = fault;
    const place = layer.place(path);
    if (value === undefined || value === mask) return { ...fault, ...place };
    const isSecret = configKeys.find(({ name }) => name === topOf(path))?.schema['x-secret'] === true;
    return { ...fault, ...place, value: isSecret ? mask : (layer.written?.(path) ?? value) };
  });
}

function faultsOf({ values }: Layer): Fault[] {
  const keys = Object.keys(values);
  // A key that does not exist needs all names, to find the nearest.
  if (!keys.every((key) => keySchemas.has(key))) return checkOptions(layerSchema, values, '', true);
  return keys.flatMap((key) => checkOptions(keySchemas.get(key)!, { [key]: values[key] }, '', true));
}
