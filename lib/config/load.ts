/** The effective configuration: defaults < file < environment < flags, checked as a whole. */
import { dirname, join } from 'node:path';
import { ConfigError, type Fault, joinPath, parentPath } from '../options/faults.ts';
import type { ConfigPlaces } from '../options/fragment.ts';
import { builtIns } from '../providers/built-ins.ts';
import { configChecks } from './checks.ts';
import { currentDirectory, findDirectories } from './directories.ts';
import { toConfig, toProviders } from './effective.ts';
import { configFileNames, type FileEntry, findConfigFile, readConfigFile } from './file.ts';
import { findForeignHosts, notTrustedWarning } from './folder-file.ts';
import { configKeys } from './keys.ts';
import { checkLayer, type Layer, type Origin, readLayers, topOf } from './layers.ts';
import { type FileEntries, inFileOrder, locateFaults } from './located-faults.ts';
import type { Config, WrittenConfig } from './schema.ts';
import { isTrustedFolder } from './trusted-folders.ts';

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

/** With its `fileEntries`, `locateFaults` finds the lines of faults that are found later. */
export interface LoadedConfig extends FileEntries {
  readonly config: Config;
  readonly origins: ReadonlyMap<string, Origin>;
  /** Where exactly a value was given, unless it is a default: `/etc/opencompat.config.yaml:3`, `OPENCOMPAT_PORT`, `--port`. */
  readonly places: ReadonlyMap<string, string>;
  /** The files that it was read from, or would be read from if they were there. */
  readonly files: readonly string[];
  /** The configuration of the current directory, if it was ignored as untrusted. */
  readonly untrustedFile?: string;
  /** Warnings for the log. */
  readonly warnings: readonly string[];
}

/** The sound parts of a faulty configuration, in which the faults of chains and providers can still be found. */
export type PartsConfig = Pick<Config, 'middleware' | 'providers' | 'baseDir' | 'file'> & FileEntries;

export class FaultyConfigError extends ConfigError {
  /** Without the parts of the wrong shape. */
  readonly parts: PartsConfig;

  constructor(faults: readonly Fault[], file: string | undefined, parts: PartsConfig) {
    super(faults, file);
    this.parts = parts;
  }
}

/**
 * Reads the configuration from all its sources.
 * @throws FaultyConfigError with every fault of every source
 */
export function loadConfig(options: LoadConfigOptions = {}): LoadedConfig {
  const { env = process.env, flags = {}, isTerminal = process.stdout.isTTY === true } = options;
  const cwd = options.cwd ?? currentDirectory();
  const warnings: string[] = [];
  const { dataDir, cacheDir, configDir } = findDirectories(env, warnings);
  const isTrusted = (folder: string) => isTrustedFolder(dataDir, folder);
  const named = { flag: flags.config as string | undefined, env: env.OPENCOMPAT_CONFIG?.trim() };
  const { found, untrusted } = findConfigFile({ ...named, cwd, configDir, isTrusted }, warnings);
  if (untrusted) warnings.push(notTrustedWarning(untrusted));
  const file = found && readConfigFile(found, env);
  const fileEntries = file?.entries ?? new Map<string, FileEntry>();
  const places: ConfigPlaces = { baseDir: file ? dirname(file.path) : cwd, file: file?.path, dataDir, cacheDir };

  const layers = readLayers({ file, env, flags, baseDir: places.baseDir, cwd }, warnings);
  const faults = checkLayers(layers, file?.faults ?? []);
  if (found?.isOfFolder) faults.push(...locateFaults({ fileEntries }, findForeignHosts(file?.values ?? {})));
  const merged = mergeLayers(layers, file?.path);
  faults.push(...checkTogether(merged, faults));
  if (faults.length > 0) {
    const parts = { ...soundParts(merged.values, faults), baseDir: places.baseDir, file: file?.path, fileEntries };
    throw new FaultyConfigError(inFileOrder(faults), file?.path, parts);
  }

  const isGiven = (name: string) => merged.origins.get(name) !== 'default';
  warnings.push(...builtIns.flatMap(({ rules }) => rules?.warn?.(merged.values, isGiven) ?? []));
  const config = toConfig(merged.values, places, isTerminal);
  const files = file ? [file.path, ...file.referredFiles] : configFileNames.map((name) => join(configDir, name));
  const { origins, places: placesOfValues } = merged;
  return { config, origins, places: placesOfValues, files, fileEntries, untrustedFile: untrusted, warnings };
}

/** The values of all layers, the strongest of each key, and who gave them. */
interface MergedLayers {
  /** Of the right shape only where the layers have no faults. */
  readonly values: WrittenConfig;
  readonly origins: ReadonlyMap<string, Origin>;
  readonly places: ReadonlyMap<string, string>;
  /** Absent: the value is the default. */
  readonly givenBy: ReadonlyMap<string, Layer>;
}

function mergeLayers(layers: readonly Layer[], file: string | undefined): MergedLayers {
  const values: Record<string, unknown> = {};
  const origins = new Map<string, Origin>();
  const givenBy = new Map<string, Layer>();
  for (const { name, schema } of configKeys) {
    const layer = layers.findLast(({ values: given }) => given[name] !== undefined);
    values[name] = layer ? layer.values[name] : structuredClone(schema.default);
    origins.set(name, layer?.origin ?? 'default');
    if (layer) givenBy.set(name, layer);
  }
  const places = describePlaces(givenBy, file);
  if (values.verbose === true) {
    values.logLevel = 'debug';
    origins.set('logLevel', origins.get('verbose')!);
    places.set('logLevel', places.get('verbose')!);
  }
  return { values: values as WrittenConfig, origins, places, givenBy };
}

function describePlaces(givenBy: ReadonlyMap<string, Layer>, file: string | undefined): Map<string, string> {
  return new Map(
    [...givenBy].map(([name, layer]) => {
      const { line, source } = layer.place(name);
      return [name, source ?? `${file}:${line}`];
    }),
  );
}

/** Checks each layer by its schema, which fills in the defaults inside of its values; what the file's reader could not resolve is reported once. */
function checkLayers(layers: readonly Layer[], faultsOfFile: readonly Fault[]): Fault[] {
  const unresolved = new Set(faultsOfFile.map(({ path }) => path));
  return [...faultsOfFile, ...layers.flatMap(checkLayer).filter(({ path }) => !unresolved.has(path))];
}

/** Whether values fit each other, where each of them is sound by itself. */
function checkTogether({ values, givenBy }: MergedLayers, faults: readonly Fault[]): Fault[] {
  const placeOf = (path: string) => givenBy.get(topOf(path))?.place(path);
  const isMisshapen = (key: string) => faults.some(({ path }) => path === key || parentPath(path) === key);
  return configChecks.flatMap(({ code, keys, find }) => {
    if (keys.some(isMisshapen)) return [];
    // A conflict with a default is reported at the other value.
    const elsewhere = keys.map(placeOf).find(Boolean);
    return find(values).map((fault) => ({ ...fault, ...(placeOf(fault.path) ?? elsewhere), code }));
  });
}

/** The parts of a faulty configuration that can still be checked. */
function soundParts(values: WrittenConfig, faults: readonly Fault[]): Pick<PartsConfig, 'middleware' | 'providers'> {
  const isFaulty = (part: string) => faults.some(({ path }) => isWithin(path, part));
  const providers = faults.some(({ path }) => path === 'providers') ? {} : values.providers;
  const sound = Object.entries(providers).filter(([name]) => !isFaulty(joinPath('providers', name)));
  return {
    middleware: isFaulty('middleware') ? [] : values.middleware,
    providers: toProviders(Object.fromEntries(sound)),
  };
}

function isWithin(path: string, part: string): boolean {
  return path === part || (path.startsWith(part) && /^[.[]/.test(path.slice(part.length)));
}
