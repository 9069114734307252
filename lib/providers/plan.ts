/** The plan of the providers: the configured ones, and those that are always present. */
import { checkOptions, noOptions } from '../options/check.ts';
import { ConfigError, type Fault, joinPath, nearestName } from '../options/faults.ts';
import type { ConfigPlaces } from '../options/fragment.ts';
import { builtInOrigin, checkPluginFile, importPlugin, type PlanOptions } from '../plugin-imports.ts';
import { Secret } from '../secret.ts';
import { builtIns } from './built-ins.ts';
import type { ProviderPlugin } from './definition.ts';
import type { ProviderEntry } from './entries-config.ts';

/** A provider given in code, as tests do; asked before all others. */
export interface GivenProvider {
  readonly name: string;
  readonly definition: ProviderPlugin;
  readonly options?: Record<string, unknown>;
}

/** A provider before it is created. */
export interface PlannedProvider {
  readonly name: string;
  /** `built-in`, or the plugin's path or package. */
  readonly origin: string;
  readonly definition: ProviderPlugin;
  readonly options: Record<string, unknown>;
  /** Where its entry is in the configuration, for faults. */
  readonly path: string;
  /** A plugin that was not loaded: it cannot be created. */
  readonly isUnloaded?: true;
}

export interface ProviderPlan {
  /** In the order in which they are asked. */
  readonly providers: readonly PlannedProvider[];
}

/** The keys of the configuration that list providers, besides those of the built-in ones. */
export interface ProvidersPlanConfig extends Pick<ConfigPlaces, 'baseDir' | 'file'> {
  readonly providers: Readonly<Record<string, ProviderEntry>>;
}

/** The keys of an entry that are not options. */
const entryKeys: ReadonlySet<string> = new Set(['type', 'enabled', 'plugin', 'options', 'quota']);

/**
 * Finds out which providers the configuration asks for, loads the plugins among them and checks all options.
 * @throws ConfigError with all faults
 */
export async function planProviders(
  config: ProvidersPlanConfig,
  given: readonly GivenProvider[] = [],
  { loadsPlugins }: PlanOptions = { loadsPlugins: true },
): Promise<ProviderPlan> {
  const faults: Fault[] = [];
  const planned = given.map((provider) => planGiven(provider, faults));
  planned.push(...(await planEntries(config, { folder: config.baseDir, loadsPlugins, faults })));
  const keyed = planKeyed(config);
  faults.push(...checkKeyedNames(keyed, config.providers));
  if (faults.length > 0) throw new ConfigError(faults, config.file);
  return { providers: [...planned, ...planBuiltIns(keyed, config.providers)] };
}

function planGiven({ name, definition, options: written = {} }: GivenProvider, faults: Fault[]): PlannedProvider {
  const path = joinPath('providers', name);
  const options = structuredClone(written);
  faults.push(...checkOptions(definition.options ?? noOptions, options, joinPath(path, 'options')));
  return { name, path, options, origin: 'code', definition };
}

/** The inputs of planning the entries, and its results. */
interface Planning extends PlanOptions {
  /** The folder that the paths of plugins are relative to. */
  readonly folder: string;
  readonly faults: Fault[];
}

/** The entries of the configuration in order, of those that are switched on. */
async function planEntries(
  { providers }: Pick<ProvidersPlanConfig, 'providers'>,
  planning: Planning,
): Promise<PlannedProvider[]> {
  const planned: PlannedProvider[] = [];
  for (const [name, entry] of Object.entries(providers)) {
    const path = joinPath('providers', name);
    const found =
      entry.plugin === undefined
        ? findBuiltIn(name, entry, path, planning)
        : await findPlugin(name, entry, path, planning);
    if (!found) continue;
    const { optionsPath, ...provider } = found;
    const options = plainOptions(entry);
    const isOwn = provider.origin === builtInOrigin;
    planning.faults.push(...checkOptions(provider.definition.options ?? noOptions, options, optionsPath, isOwn));
    if (entry.enabled) planned.push({ name, path, options, ...provider });
  }
  return planned;
}

/** The provider that an entry names. */
interface FoundProvider extends Pick<PlannedProvider, 'definition' | 'origin' | 'isUnloaded'> {
  /** Where its options are in the configuration. */
  readonly optionsPath: string;
}

function findBuiltIn(
  name: string,
  { type = name, options }: ProviderEntry,
  path: string,
  { faults }: Planning,
): FoundProvider | undefined {
  const fault = (key: string, reason: string, nearest?: string) => {
    faults.push({ path: key ? joinPath(path, key) : path, value: key === 'type' ? type : undefined, reason, nearest });
    return undefined;
  };
  const types = builtIns.map((known) => known.name);
  const definition = builtIns.find((known) => known.name === type);
  if (!definition) {
    if (type === name) return fault('', `must have a type (${types.join(', ')}) or a plugin`);
    return fault('type', `must be one of ${types.join(', ')}`, nearestName(type, types));
  }
  if (options !== undefined) return fault('options', 'are for plugins; settings of a type stand beside it');
  if (definition.presence === 'once' && type !== name) {
    return fault('type', `only one provider can have this type, and its name is '${type}'`);
  }
  if (isTaken(name) && name !== type) return fault('type', `'${name}' is the name of a built-in provider`);
  return { definition, origin: builtInOrigin, optionsPath: path };
}

/** Is it the name of a built-in provider that is always present? */
function isTaken(name: string): boolean {
  return builtIns.some((known) => known.name === name && known.presence === 'once');
}

async function findPlugin(
  name: string,
  { plugin = '', type, enabled }: ProviderEntry,
  path: string,
  { folder, loadsPlugins, faults }: Planning,
): Promise<FoundProvider | undefined> {
  if (type !== undefined) {
    faults.push({ path: joinPath(path, 'type'), value: type, reason: 'must not stand beside a plugin' });
  }
  if (isTaken(name)) faults.push({ path, reason: `'${name}' is the name of a built-in provider` });
  if (!enabled) return undefined;
  const found = { origin: plugin, optionsPath: joinPath(path, 'options') };
  try {
    if (!loadsPlugins) return { ...found, definition: describePlugin(plugin, folder), isUnloaded: true };
    return { ...found, definition: await loadPlugin(plugin, folder) };
  } catch (error) {
    const reason = `cannot be loaded: ${(error as Error).message}`;
    faults.push({ path: joinPath(path, 'plugin'), value: plugin, reason });
    return undefined;
  }
}

/** @throws what the import throws, or TypeError for a module that exports no provider */
async function loadPlugin(specifier: string, folder: string): Promise<ProviderPlugin> {
  const exported = await importPlugin(specifier, folder);
  if (isProviderPlugin(exported)) return exported;
  throw new TypeError('its default export is not a provider; write `export default defineProvider({ create })`');
}

/** The placeholder in a plan for a plugin that is not loaded. @throws Error where there is no such file */
function describePlugin(specifier: string, folder: string): ProviderPlugin {
  checkPluginFile(specifier, folder);
  const create = () => Promise.reject(new Error(`the plugin ${specifier} was not loaded`));
  return { kind: 'provider', options: {}, create };
}

function isProviderPlugin(value: unknown): value is ProviderPlugin {
  const candidate = value as Partial<ProviderPlugin> | undefined;
  return candidate?.kind === 'provider' && typeof candidate.create === 'function';
}

/** A plugin's `options`; of a built-in type, what stands beside `type`. Secrets in plain text. */
function plainOptions(entry: ProviderEntry): Record<string, unknown> {
  if (entry.plugin !== undefined) return structuredClone(entry.options ?? {}) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(entry)
      .filter(([key, value]) => !entryKeys.has(key) && value !== undefined)
      .map(([key, value]) => [key, reveal(value)]),
  );
}

function reveal(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal();
  if (Array.isArray(value)) return value.map(reveal);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, reveal(item)]));
}

/** The providers that keys of the configuration ask for without an entry. */
function planKeyed(config: ProvidersPlanConfig): PlannedProvider[] {
  return builtIns.flatMap((definition) => {
    // Each is given the whole configuration, of which it knows its own keys.
    const asked = definition.fromKeys?.(config as never);
    return asked ? [{ ...asked, origin: builtInOrigin, definition }] : [];
  });
}

function checkKeyedNames(keyed: readonly PlannedProvider[], entries: ProvidersPlanConfig['providers']): Fault[] {
  return keyed.flatMap(({ name, path }) => {
    if (!Object.hasOwn(entries, name)) return [];
    return [{ path, reason: `makes a provider '${name}', and \`providers\` has one of this name too` }];
  });
}

/** The providers that need no entry, in their turn. */
function planBuiltIns(keyed: readonly PlannedProvider[], entries: ProvidersPlanConfig['providers']): PlannedProvider[] {
  return builtIns.flatMap((definition) => {
    const { name, presence } = definition;
    const asked = keyed.filter((provider) => provider.definition === definition);
    if (presence === 'configured' || Object.hasOwn(entries, name)) return asked;
    const path = joinPath('providers', name);
    return [...asked, { name, path, options: {}, origin: builtInOrigin, definition }];
  });
}
