/** Which providers there are: those that the configuration asks for and those that are always there, planned and created. */

import type { JsonSchema } from '../json-schema.ts';
import { checkOptions } from '../options/check.ts';
import { ConfigError, type Fault, joinPath, nearestName } from '../options/faults.ts';
import type { ConfigPlaces } from '../options/fragment.ts';
import { checkPluginFile, importPlugin, type PlanOptions } from '../plugin-imports.ts';
import { Secret } from '../secret.ts';
import { builtIns } from './built-ins.ts';
import type { ProviderPlugin, ProviderServices } from './definition.ts';
import type { ProviderEntry } from './entries-config.ts';
import { guardProvider } from './guard.ts';
import type { Provider } from './provider.ts';

/** A provider given in code, as tests do; asked before all others. */
export interface GivenProvider {
  readonly name: string;
  readonly definition: ProviderPlugin;
  readonly options?: Record<string, unknown>;
}

/** A provider before it is created. */
interface PlannedProvider {
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
  /** Each plugin's module, by its URL. */
  readonly pluginFiles: ReadonlyMap<string, string>;
}

/** What of the configuration says which providers there are; beside it stand the keys of the built-in ones. */
export interface ProvidersPlanConfig extends Pick<ConfigPlaces, 'baseDir' | 'file'> {
  readonly providers: Readonly<Record<string, ProviderEntry>>;
}

const builtInOrigin = 'built-in';
const noOptions: JsonSchema = { type: 'object', additionalProperties: false };
/** What an entry says that is no option. */
const entryKeys: ReadonlySet<string> = new Set(['type', 'enabled', 'plugin', 'options']);

/**
 * Finds out which providers the configuration asks for, loads the plugins among them and checks everybody's options.
 * @throws ConfigError with every fault of all of them
 */
export async function planProviders(
  config: ProvidersPlanConfig,
  given: readonly GivenProvider[] = [],
  { loadsPlugins }: PlanOptions = { loadsPlugins: true },
): Promise<ProviderPlan> {
  const faults: Fault[] = [];
  const planned: PlannedProvider[] = [];
  const pluginFiles = new Map<string, string>();

  for (const { name, definition, options: written = {} } of given) {
    const path = joinPath('providers', name);
    const options = structuredClone(written);
    faults.push(...checkOptions(definition.options ?? noOptions, options, joinPath(path, 'options')));
    planned.push({ name, path, options, origin: 'code', definition });
  }
  for (const [name, entry] of Object.entries(config.providers)) {
    const path = joinPath('providers', name);
    const found = entry.plugin === undefined ? findBuiltIn(name, entry, path) : await loadPlugin(name, entry, path);
    if (!found) continue;
    const options = plainOptions(entry);
    faults.push(...checkOptions(found.definition.options ?? noOptions, options, found.optionsPath));
    const { optionsPath: _, ...provider } = found;
    if (entry.enabled) planned.push({ name, path, options, ...provider });
  }
  const isNamed = (name: string) => Object.hasOwn(config.providers, name);
  const keyed = planKeyed(config);
  for (const { name, path } of keyed.filter((provider) => isNamed(provider.name))) {
    faults.push({ path, reason: `makes a provider '${name}', and \`providers\` has one of this name too` });
  }
  if (faults.length > 0) throw new ConfigError(faults, config.file);

  for (const definition of builtIns) {
    const { name, presence } = definition;
    planned.push(...keyed.filter((provider) => provider.definition === definition));
    if (presence === 'configured' || isNamed(name)) continue;
    planned.push({ name, path: joinPath('providers', name), options: {}, origin: builtInOrigin, definition });
  }
  return { providers: planned, pluginFiles };

  function findBuiltIn(name: string, { type = name, options }: ProviderEntry, path: string) {
    const fault = (key: string, reason: string, nearest?: string) => {
      faults.push({
        path: key ? joinPath(path, key) : path,
        value: key === 'type' ? type : undefined,
        reason,
        nearest,
      });
      return undefined;
    };
    const types = builtIns.map((known) => known.name);
    const definition = builtIns.find((known) => known.name === type);
    const namesake = builtIns.find((known) => known.name === name && known.presence === 'once');
    if (!definition) {
      if (type === name) return fault('', `must have a type (${types.join(', ')}) or a plugin`);
      return fault('type', `must be one of ${types.join(', ')}`, nearestName(type, types));
    }
    if (options !== undefined) return fault('options', 'are for plugins; settings of a type stand beside it');
    if (definition.presence === 'once' && type !== name) {
      return fault('type', `there is one of this type, and its name is '${type}'`);
    }
    if (namesake && namesake !== definition) return fault('type', `'${name}' is the name of a built-in provider`);
    return { definition, origin: builtInOrigin, optionsPath: path, isUnloaded: undefined };
  }

  async function loadPlugin(name: string, { plugin = '', type, enabled }: ProviderEntry, path: string) {
    if (type !== undefined)
      faults.push({ path: joinPath(path, 'type'), value: type, reason: 'must not stand beside a plugin' });
    if (builtIns.some((known) => known.name === name && known.presence === 'once')) {
      faults.push({ path, reason: `'${name}' is the name of a built-in provider` });
    }
    if (!enabled) return undefined;
    try {
      if (!loadsPlugins) return describePlugin(plugin, config.baseDir, joinPath(path, 'options'));
      const { exported, href } = await importPlugin(plugin, config.baseDir);
      if (!isProviderPlugin(exported)) {
        throw new TypeError('its default export is not a provider; write `export default defineProvider({ create })`');
      }
      pluginFiles.set(href, plugin);
      return { definition: exported, origin: plugin, optionsPath: joinPath(path, 'options'), isUnloaded: undefined };
    } catch (error) {
      const reason = `cannot be loaded: ${(error as Error).message}`;
      faults.push({ path: joinPath(path, 'plugin'), value: plugin, reason });
      return undefined;
    }
  }
}

/** What stands in a plan for a plugin that is not loaded. @throws Error where there is no such file */
function describePlugin(plugin: string, folder: string, optionsPath: string) {
  checkPluginFile(plugin, folder);
  const create = () => Promise.reject(new Error(`the plugin ${plugin} was not loaded`));
  const definition: ProviderPlugin = { kind: 'provider', options: {}, create };
  return { definition, origin: plugin, optionsPath, isUnloaded: true as const };
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

/**
 * Creates the planned providers, in order.
 * @throws ConfigError naming every provider that cannot be created; those that could are closed again
 */
export async function openProviders(
  services: Pick<ProviderServices<ProvidersPlanConfig & ConfigPlaces>, 'config' | 'log' | 'scheduler' | 'redis'>,
  plan?: ProviderPlan,
): Promise<readonly Provider[]> {
  const { config, log } = services;
  const { providers: planned } = plan ?? (await planProviders(config));
  const providers: Provider[] = [];
  const faults: Fault[] = [];
  const closeAll = async () => {
    for (const provider of providers) await provider.close?.();
  };
  for (const { name, definition, options, origin, path } of planned) {
    try {
      const created = await definition.create(options as never, { ...services, name, providers });
      providers.push(origin === builtInOrigin ? created : guardProvider(created, name, log));
    } catch (error) {
      if (origin === builtInOrigin) {
        await closeAll();
        throw error;
      }
      faults.push({ path, value: origin, reason: `cannot be created: ${(error as Error).message}` });
    }
  }
  if (faults.length === 0) return providers;
  await closeAll();
  throw new ConfigError(faults, config.file);
}
