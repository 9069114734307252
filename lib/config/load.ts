/** The effective configuration: defaults < file < environment < flags, checked as a whole. */
import { dirname, resolve } from 'node:path';
import type { JsonSchema } from '../json-schema.ts';
import { mask } from '../masking.ts';
import { checkOptions } from '../options/check.ts';
import { ConfigError, type Fault, joinPath, nearestName, parentPath } from '../options/faults.ts';
import { pathOfInstructions } from '../options/formats.ts';
import type { ConfigFragment } from '../options/fragment.ts';
import { Secret } from '../secret.ts';
import { configChecks } from './checks.ts';
import { currentDirectory, findDirectories } from './directories.ts';
import { type FileEntry, findConfigFile, readConfigFile } from './file.ts';
import { findForeignHosts, notTrustedWarning } from './folder-file.ts';
import { configKeys, valueFromText } from './keys.ts';
import { type Config, configSchema, type ProviderEntry, type RedisConfig, type WrittenConfig } from './schema.ts';
import { isTrustedFolder } from './trusted-folders.ts';

export type Origin = 'default' | 'file' | 'environment' | 'flag';

export interface LoadConfigOptions {
  /** Default: the process's own. */
  env?: NodeJS.ProcessEnv;
  /** From the command line: `config` (the file) and keys of the configuration, as texts, lists of texts or booleans. */
  flags?: Readonly<Record<string, unknown>>;
  /** Default: the process's own. */
  cwd?: string;
  /** Does a person read the log? Default: when standard output is a terminal. */
  isTerminal?: boolean;
}

export interface LoadedConfig {
  readonly config: Config;
  readonly origins: ReadonlyMap<string, Origin>;
  /** Where exactly a value that is no default was given: `/etc/opencompat.config.yaml:3`, `OPENCOMPAT_PORT`, `--port`. */
  readonly places: ReadonlyMap<string, string>;
  /** What the file says at each path. Give it to `locateFaults` for faults that are found later. */
  readonly fileEntries: ReadonlyMap<string, FileEntry>;
  /** The configuration of the current directory, which does not count because the person has not trusted that. */
  readonly untrustedFile?: string;
  /** For the log: what is odd, but no fault. */
  readonly warnings: readonly string[];
}

/** What the faults of a chain and of providers can be found in, when other parts of the configuration are faulty too. */
export type PartsConfig = Pick<Config, 'middleware' | 'providers' | 'baseDir' | 'file'> &
  Pick<LoadedConfig, 'fileEntries'>;

export class FaultyConfigError extends ConfigError {
  /** Without what is itself of the wrong shape. */
  readonly parts: PartsConfig;

  constructor(faults: readonly Fault[], file: string | undefined, parts: PartsConfig) {
    super(faults, file);
    this.parts = parts;
  }
}

/** Values from one source. */
interface Layer {
  readonly origin: Origin;
  readonly values: Record<string, unknown>;
  /** Where a path's value was given. */
  place(path: string): Pick<Fault, 'line' | 'source'>;
  /** The text that may be printed for a path, when the value itself came from elsewhere. */
  written?(path: string): string | undefined;
}

/** The schema without defaults, which are the weakest layer and not any other's; those inside of values stay. */
const layerSchema: JsonSchema = {
  ...configSchema,
  properties: Object.fromEntries(configKeys.map(({ name, schema: { default: _, ...schema } }) => [name, schema])),
};

/**
 * Variables that Kubernetes sets in every pod beside services called `opencompat` or `opencompat-…`:
 * `OPENCOMPAT_PORT=tcp://10.0.0.1:80`, `OPENCOMPAT_REDIS_PORT=tcp://…` and the like.
 * (https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables)
 */
const serviceLinkName = /_SERVICE_(HOST|PORT)(_|$)|_PORT_\d+_(TCP|UDP|SCTP)(_|$)/;
const serviceLinkText = /^(tcp|udp|sctp):\/\//;

/** The nearest entry of the file at or above a path. */
function entryAt(entries: ReadonlyMap<string, FileEntry>, path: string): FileEntry | undefined {
  for (let at = path; at; at = parentPath(at)) {
    const entry = entries.get(at);
    if (entry) return entry;
  }
  return undefined;
}

/** Adds the file's lines to faults that were found without it, as those of the chain are. */
export function locateFaults({ fileEntries }: Pick<LoadedConfig, 'fileEntries'>, faults: readonly Fault[]): Fault[] {
  return faults.map((fault) => ({ line: entryAt(fileEntries, fault.path)?.line, ...fault }));
}

function readEnvironment(env: NodeJS.ProcessEnv, warnings: string[]): Layer {
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
  const known = ['OPENCOMPAT_CONFIG', ...configKeys.flatMap(({ env: variables }) => variables)];
  for (const variable of Object.keys(env)) {
    if (!variable.startsWith('OPENCOMPAT_') || known.includes(variable)) continue;
    if (serviceLinkName.test(variable) || serviceLinkText.test(env[variable] ?? '')) continue;
    const nearest = nearestName(variable, known);
    warnings.push(
      `The environment variable ${variable} is not one that is read${nearest ? `; did you mean ${nearest}?` : '.'}`,
    );
  }
  return { origin: 'environment', values, place: (path) => ({ source: sources.get(topOf(path)) }) };
}

function readFlags(flags: Readonly<Record<string, unknown>>): Layer {
  const values: Record<string, unknown> = {};
  for (const { name, schema } of configKeys) {
    const given = flags[name];
    if (given === undefined) continue;
    values[name] = typeof given === 'boolean' ? given : valueFromText(schema, [given].flat().join(','));
  }
  const sources = new Map(configKeys.map(({ name, flag }) => [name, flag]));
  return { origin: 'flag', values, place: (path) => ({ source: sources.get(topOf(path)) }) };
}

/** The key of the configuration that a path is in. */
function topOf(path: string): string {
  return /^[\w$-]*/.exec(path)![0];
}

/** Only what the layer says is checked, so that no more is compiled; a key that does not exist needs all names, to find the nearest. */
function schemaOf({ values }: Layer): JsonSchema {
  const { properties = {} } = layerSchema;
  const keys = Object.keys(values);
  if (!keys.every((key) => Object.hasOwn(properties, key))) return layerSchema;
  return {
    ...layerSchema,
    properties: Object.fromEntries(keys.map((key) => [key, properties[key]!])),
  };
}

/** The faults of one layer's values; what a reference to the environment stands for is never shown. */
function checkLayer(layer: Layer): Fault[] {
  if (Object.keys(layer.values).length === 0) return [];
  return checkOptions(schemaOf(layer), layer.values, '', true).map((fault) => {
    const { path, value } = fault;
    const place = layer.place(path);
    if (value === undefined || value === mask) return { ...fault, ...place };
    const isSecret = configKeys.find(({ name }) => name === topOf(path))?.schema['x-secret'] === true;
    return { ...fault, ...place, value: isSecret ? mask : (layer.written?.(path) ?? value) };
  });
}

/**
 * Reads the configuration from all its sources.
 * @throws FaultyConfigError with every fault of every source
 */
export function loadConfig(options: LoadConfigOptions = {}): LoadedConfig {
  const { env = process.env, flags = {}, isTerminal = process.stdout.isTTY === true } = options;
  const cwd = options.cwd ?? currentDirectory();
  const warnings: string[] = [];
  const faults: Fault[] = [];
  const { dataDir, cacheDir, configDir } = findDirectories(env, warnings);
  const { found, untrusted } = findConfigFile(
    {
      flag: flags.config as string | undefined,
      env: env.OPENCOMPAT_CONFIG?.trim(),
      cwd,
      configDir,
      isTrusted: (folder) => isTrustedFolder(dataDir, folder),
    },
    warnings,
  );
  if (untrusted) warnings.push(notTrustedWarning(untrusted));
  const file = found && readConfigFile(found, env);
  const fileEntries = file?.entries ?? new Map<string, FileEntry>();
  const baseDir = file ? dirname(file.path) : cwd;
  const layers: Layer[] = [];
  if (file) {
    faults.push(...file.faults);
    if (found.isOfFolder) faults.push(...locateFaults({ fileEntries }, findForeignHosts(file.values)));
    const layer: Layer = {
      origin: 'file',
      values: file.values,
      place: (path) => ({ line: entryAt(fileEntries, path)?.line }),
      written: (path) => entryAt(fileEntries, path)?.reference,
    };
    layers.push(withPlainInstructions(layer, baseDir));
  }
  layers.push(withPlainInstructions(readEnvironment(env, warnings), cwd), withPlainInstructions(readFlags(flags), cwd));

  const unresolved = new Set(faults.map(({ path }) => path));
  for (const layer of layers) faults.push(...checkLayer(layer).filter(({ path }) => !unresolved.has(path)));

  const values: Record<string, unknown> = {};
  const origins = new Map<string, Origin>();
  const givenBy = new Map<string, Layer>();
  for (const { name, schema } of configKeys) {
    const layer = layers.findLast(({ values: given }) => given[name] !== undefined);
    values[name] = layer ? layer.values[name] : structuredClone(schema.default);
    origins.set(name, layer?.origin ?? 'default');
    if (layer) givenBy.set(name, layer);
  }
  const places = describePlaces(givenBy, file?.path);
  if (values.verbose === true) {
    values.logLevel = 'debug';
    origins.set('logLevel', origins.get('verbose')!);
    places.set('logLevel', places.get('verbose')!);
  }
  const placeOf = (path: string) => givenBy.get(topOf(path))?.place(path);
  const checked = values as WrittenConfig;
  const isMisshapen = (key: string) => faults.some(({ path }) => path === key || parentPath(path) === key);
  for (const { code, keys, find } of configChecks) {
    if (keys.some(isMisshapen)) continue;
    // What does not fit a default is reported where the other value was given.
    const elsewhere = keys.map(placeOf).find(Boolean);
    faults.push(...find(checked).map((fault) => ({ ...fault, ...(placeOf(fault.path) ?? elsewhere), code })));
  }
  if (faults.length > 0) {
    const isFaulty = (part: string) => faults.some(({ path }) => isWithin(path, part));
    const providers = faults.some(({ path }) => path === 'providers') ? {} : checked.providers;
    throw new FaultyConfigError(inFileOrder(faults), file?.path, {
      middleware: isFaulty('middleware') ? [] : checked.middleware,
      providers: toProviders(
        Object.fromEntries(Object.entries(providers).filter(([name]) => !isFaulty(joinPath('providers', name)))),
      ),
      baseDir,
      file: file?.path,
      fileEntries,
    });
  }

  if (checked.instructionsFile !== undefined && origins.get('instructions') === 'default') {
    warnings.push('instructionsFile is not read, because instructions is not `file`.');
  }
  for (const [name, value] of Object.entries(values)) {
    const isUrl = configKeys.find((key) => key.name === name)?.schema.format === 'http-url';
    // Paths are appended to it.
    if (isUrl && value !== undefined) values[name] = (value as string).replace(/\/+$/, '');
  }
  const { redis, redisEncryptionKey, ...plain } = checked;
  const config = freezeDeep({
    ...(sealTexts(plain) as Omit<Config, 'redis'>),
    redis: toRedisConfig(redis, redisEncryptionKey),
    apiKeys: checked.apiKeys.map((key) => new Secret(key)),
    providers: toProviders(checked.providers),
    logFormat: checked.logFormat ?? (isTerminal ? 'text' : 'json'),
    baseDir,
    file: file?.path,
    dataDir,
    cacheDir,
  } satisfies Config);
  return { config, origins, places, fileEntries, warnings, ...(untrusted && { untrustedFile: untrusted }) };
}

function isWithin(path: string, part: string): boolean {
  return path === part || (path.startsWith(part) && /^[.[]/.test(path.slice(part.length)));
}

const keySchemas: ConfigFragment = configSchema.properties;

/** The secret texts among the values of keys, wrapped. */
function sealTexts(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const isSecretText = typeof value === 'string' && keySchemas[name]?.['x-secret'] === true;
      return [name, isSecretText ? new Secret(value) : value];
    }),
  );
}

function toProviders(providers: WrittenConfig['providers']): Config['providers'] {
  const entrySchema = configSchema.properties.providers.additionalProperties;
  return Object.fromEntries(
    Object.entries(providers).map(([name, entry]) => [
      name,
      // The settings of a type are known to be secret by its schema; a plugin's options are the plugin's to wrap.
      sealBySchema(entry, entrySchema) as ProviderEntry,
    ]),
  );
}

/** A value with every text wrapped that its schema calls secret. */
function sealBySchema(value: unknown, schema: JsonSchema | undefined): unknown {
  if (typeof value === 'string') return schema?.['x-secret'] === true ? new Secret(value) : value;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const others = typeof schema?.additionalProperties === 'object' ? schema.additionalProperties : undefined;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, sealBySchema(item, schema?.properties?.[key] ?? others)]),
  );
}

const defaultRedisKeyPrefix = 'opencompat:';

function toRedisConfig(redis: WrittenConfig['redis'], encryptionKey: string | undefined): RedisConfig | undefined {
  if (redis === undefined) return undefined;
  const { url, ...given } = typeof redis === 'string' ? { url: redis } : redis;
  return {
    url: new Secret(url.replace(/^valkey/, 'redis')),
    encryptionKey: new Secret(given.encryptionKey ?? encryptionKey ?? ''),
    keyPrefix: given.keyPrefix ?? defaultRedisKeyPrefix,
  };
}

/** The file's faults from top to bottom, then the others. */
export function inFileOrder(faults: readonly Fault[]): Fault[] {
  return faults.toSorted((a, b) => (a.line ?? Infinity) - (b.line ?? Infinity) || 0);
}

function describePlaces(givenBy: ReadonlyMap<string, Layer>, file: string | undefined): Map<string, string> {
  return new Map(
    [...givenBy].map(([name, layer]) => {
      const { line, source } = layer.place(name);
      return [name, source ?? `${file}:${line}`];
    }),
  );
}

/**
 * `instructions` may itself be the path (`file:prompt.md`, `./prompt.md`), and `off` is an old spelling of `auto`.
 * A path is relative to where it was given: the file's folder, or the working directory.
 */
function withPlainInstructions(layer: Layer, directory: string): Layer {
  const values = { ...layer.values };
  const { instructions, instructionsFile } = values;
  if (instructions === 'off') values.instructions = 'auto';
  const path = typeof instructions === 'string' ? pathOfInstructions(instructions) : undefined;
  if (path === undefined) {
    if (typeof instructionsFile === 'string' && instructionsFile) {
      values.instructionsFile = resolve(directory, instructionsFile);
    }
    return { ...layer, values };
  }
  values.instructions = 'file';
  values.instructionsFile = resolve(directory, path);
  return { ...layer, values, place: (at) => layer.place(at === 'instructionsFile' ? 'instructions' : at) };
}

function freezeDeep<T>(value: T): T {
  if (value !== null && typeof value === 'object' && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const item of Object.values(value)) freezeDeep(item);
  }
  return value;
}

/** Does what finds further faults (the chain knows its own), and gives those faults the lines of the file they are in. */
export async function withLocatedFaults<T>(loaded: LoadedConfig, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ConfigError ? new ConfigError(locateFaults(loaded, error.faults), error.file) : error;
  }
}
