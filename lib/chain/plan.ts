/**
 * The plan of each API's chain: which boxes and plugins it has, in which order and with which options. Nothing is created yet;
 * all faults are reported together.
 */

import type { Config } from '../config/schema.ts';
import { checkOptions, defaultsOf, noOptions } from '../options/check.ts';
import { ConfigError, type Fault, nearestName } from '../options/faults.ts';
import { builtInOrigin, checkPluginFile, importPlugin, type PlanOptions } from '../plugin-imports.ts';
import { importBoxes } from './built-in-boxes.ts';
import { defaultChain } from './default-chain.ts';
import type { Middleware } from './middleware.ts';
import { type PlannedBox, type Position, placePlugin } from './places.ts';

/** A plugin given in code, as tests do. */
export interface PluginEntry extends Position {
  middleware: Middleware;
  options?: Record<string, unknown>;
  apis?: readonly string[];
}

/** The chains as configured, before their handlers are created. */
export interface ChainPlan {
  /** By the name of the API; undefined: pages outside every API. */
  readonly chains: ReadonlyMap<string | undefined, readonly PlannedBox[]>;
}

type Entry = Config['middleware'][number];

/** A loaded plugin, and the place that its entry asks for. */
interface LoadedPlugin {
  middleware: Middleware;
  origin: string;
  path: string;
  entry: PluginEntry | Entry;
  isUnloaded?: true;
}

/** What an entry of the configuration changes in an existing box. */
interface BoxChange {
  path: string;
  entry: Entry;
}

type Change = LoadedPlugin | BoxChange;

/** kebab-case: the name stands in the configuration, in logs and in metrics. */
const usableName = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/**
 * Loads and places the boxes and plugins of every API's chain.
 * @param options plugins that are not loaded are not checked against their own definitions, nor are references to their names
 * @throws ConfigError with all faults
 */
export async function planChains(
  config: Pick<Config, 'middleware' | 'baseDir' | 'file'>,
  apis: readonly string[],
  plugins: readonly PluginEntry[] = [],
  { loadsPlugins }: PlanOptions = { loadsPlugins: true },
): Promise<ChainPlan> {
  const faults: Fault[] = [];
  const boxes = await importBoxes();
  const builtIns = defaultChain.map((name) => boxes[name]);
  const load = loadsPlugins ? loadPlugin : describePlugin;
  const changes = [...(await loadChanges(config, load, faults)), ...plugins.map(toLoadedPlugin)];
  faults.push(...checkApiNames(config.middleware, apis));

  const chains = new Map<string | undefined, readonly PlannedBox[]>();
  for (const api of new Set([undefined, ...apis])) {
    const applied = changes.filter(({ entry }) => appliesTo(entry, api));
    const chain = arrange(builtIns.map(toPlannedBox), applied, faults);
    if (!hasUnloaded(chain)) faults.push(...checkBoxNames(chain), ...checkOrder(chain));
    faults.push(...completeOptions(chain));
    chains.set(api, chain);
  }
  if (faults.length > 0) throw new ConfigError(withoutRepeats(faults), config.file);
  return { chains };
}

/** The configuration's entries in order, with the plugins loaded that are switched on. */
async function loadChanges(
  config: Pick<Config, 'middleware' | 'baseDir'>,
  load: (specifier: string, folder: string) => Promise<FoundPlugin>,
  faults: Fault[],
): Promise<Change[]> {
  const changes: Change[] = [];
  for (const [index, entry] of config.middleware.entries()) {
    const path = `middleware[${index}]`;
    if (entry.plugin === undefined) {
      changes.push({ path, entry });
    } else if (entry.enabled) {
      try {
        changes.push({ ...(await load(entry.plugin, config.baseDir)), origin: entry.plugin, path, entry });
      } catch (error) {
        const reason = `cannot be loaded: ${(error as Error).message}`;
        faults.push({ path: `${path}.plugin`, value: entry.plugin, reason });
      }
    }
  }
  return changes;
}

type FoundPlugin = Pick<LoadedPlugin, 'middleware' | 'isUnloaded'>;

/** @throws what the import throws, or TypeError for a module that exports no middleware */
async function loadPlugin(specifier: string, folder: string): Promise<FoundPlugin> {
  const exported = await importPlugin(specifier, folder);
  if (isMiddleware(exported)) return { middleware: exported };
  throw new TypeError(
    'its default export is not a middleware; write `export default defineMiddleware({ name, create })`',
  );
}

/** The placeholder in a plan for a plugin that is not loaded. @throws Error where there is no such file */
async function describePlugin(specifier: string, folder: string): Promise<FoundPlugin> {
  checkPluginFile(specifier, folder);
  const create = () => Promise.reject(new Error(`the plugin ${specifier} was not loaded`));
  return { middleware: { kind: 'middleware', name: specifier, create }, isUnloaded: true };
}

function hasUnloaded(chain: readonly PlannedBox[]): boolean {
  return chain.some(({ isUnloaded }) => isUnloaded);
}

function isMiddleware(value: unknown): value is Middleware {
  const candidate = value as Partial<Middleware> | undefined;
  return (
    candidate?.kind === 'middleware' && typeof candidate.name === 'string' && typeof candidate.create === 'function'
  );
}

function toLoadedPlugin(entry: PluginEntry, index: number): LoadedPlugin {
  return { middleware: entry.middleware, origin: 'code', path: `plugins[${index}]`, entry };
}

function toPlannedBox(middleware: Middleware, index: number): PlannedBox {
  return {
    middleware,
    origin: builtInOrigin,
    place: defaultChain[index]!,
    duty: defaultChain[index]!,
    options: {},
    path: `middleware (${middleware.name})`,
  };
}

/** An entry without an API applies to all APIs, and to the pages outside every API. */
function appliesTo({ apis }: { apis?: readonly string[] }, api: string | undefined): boolean {
  return !apis?.length || (api !== undefined && apis.includes(api));
}

/** Applies the changes to a chain: inserts plugins, sets options, switches boxes off. */
function arrange(chain: PlannedBox[], changes: readonly Change[], faults: Fault[]): PlannedBox[] {
  const disabled = new Set<PlannedBox>();
  for (const change of changes) {
    const { path, entry } = change;
    if ('middleware' in change) {
      const { middleware, origin, isUnloaded } = change;
      const options = structuredClone(entry.options ?? {});
      const box: PlannedBox = { middleware, origin, place: 'proxy', options, path, isUnloaded };
      const fault = placePlugin(chain, box, entry);
      // The neighbour may be a plugin whose name only its own file knows.
      if (fault && hasUnloaded(chain)) placePlugin(chain, box, {});
      else if (fault) faults.push(fault);
      continue;
    }
    const { box: name = '', enabled, options } = change.entry;
    const box = chain.find(({ middleware }) => middleware.name === name);
    if (!box && hasUnloaded(chain)) continue;
    if (!box) {
      const names = chain.map(({ middleware }) => middleware.name);
      const reason = 'no box of the chain has this name';
      faults.push({ path: `${path}.box`, value: name, reason, nearest: nearestName(name, names) });
      continue;
    }
    if (!enabled) disabled.add(box);
    box.options = structuredClone({ ...box.options, ...options });
    box.path = path;
  }
  return chain.filter((box) => !disabled.has(box));
}

function checkApiNames(entries: readonly Entry[], apis: readonly string[]): Fault[] {
  return entries.flatMap(({ apis: named = [] }, index) =>
    named.flatMap((api, position) => {
      if (apis.includes(api)) return [];
      const path = `middleware[${index}].apis[${position}]`;
      return [{ path, value: api, reason: 'no API has this name', nearest: nearestName(api, apis) }];
    }),
  );
}

function checkBoxNames(chain: readonly PlannedBox[]): Fault[] {
  const names = chain.map(({ middleware }) => middleware.name);
  return chain.flatMap(({ path }, index) => {
    const value = names[index]!;
    const faults: Fault[] = [];
    if (!usableName.test(value)) {
      const reason = 'a middleware’s name must consist of lower-case letters, digits and single hyphens';
      faults.push({ path, value, reason });
    }
    if (names.indexOf(value) !== index) faults.push({ path, value, reason: 'two boxes of one chain have this name' });
    return faults;
  });
}

/** Checks every box's place against its `after` and `before`. */
function checkOrder(chain: readonly PlannedBox[]): Fault[] {
  const names = chain.map(({ middleware }) => middleware.name);
  return chain.flatMap(({ middleware, path }, index) => {
    const faults: Fault[] = [];
    for (const value of middleware.after ?? []) {
      const other = names.indexOf(value);
      if (other >= 0 && other <= index) continue;
      const reason = `'${middleware.name}' must stand after '${value}'${other < 0 ? ', which is not in the chain' : ''}`;
      faults.push({ path, value, reason });
    }
    for (const value of middleware.before ?? []) {
      const other = names.indexOf(value);
      if (other < 0 || other >= index) continue;
      faults.push({ path, value, reason: `'${middleware.name}' must stand before '${value}'` });
    }
    return faults;
  });
}

/** Checks every box's options, and fills in the defaults. */
function completeOptions(chain: readonly PlannedBox[]): Fault[] {
  return chain.flatMap((box) => {
    if (box.isUnloaded) return [];
    const schema = box.middleware.options ?? noOptions;
    const isOwn = box.origin === builtInOrigin;
    const isUntouched = isOwn && Object.keys(box.options).length === 0;
    if (!isUntouched) return checkOptions(schema, box.options, `${box.path}.options`, isOwn);
    // Saves loading the schema checker when no options are configured.
    box.options = defaultsOf(schema);
    return [];
  });
}

/** The chains of all APIs report the same fault: keeps one. */
export function withoutRepeats(faults: readonly Fault[]): Fault[] {
  const seen = new Map(faults.map((fault) => [`${fault.path}\n${fault.reason}\n${String(fault.value)}`, fault]));
  return [...seen.values()];
}
