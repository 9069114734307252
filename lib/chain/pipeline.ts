/**
 * Builds the chain of each API: loads the built-in boxes and the plugins through the same door, places them, checks
 * their options and their order, and reports every fault of all of them together.
 */

import type { Config } from '../config/schema.ts';
import type { JsonSchema } from '../json-schema.ts';
import { checkOptions, defaultsOf } from '../options/check.ts';
import { ConfigError, type Fault, nearestName } from '../options/faults.ts';
import { importPlugin } from '../plugin-imports.ts';
import { importBox } from './built-in-boxes.ts';
import { type BoxName, defaultChain, defaultPlace } from './default-chain.ts';
import { guardHandler } from './guard.ts';
import type { Handler, Middleware, Services } from './middleware.ts';

/** A plugin given in code, as tests do. */
export interface PluginEntry {
  middleware: Middleware;
  options?: Record<string, unknown>;
  before?: string;
  after?: string;
  replace?: string;
  apis?: readonly string[];
}

/** One box of a chain, ready to be mounted. */
export interface ChainBox {
  readonly name: string;
  /** `built-in`, or the plugin's path or package. */
  readonly origin: string;
  /** The built-in box whose place this is or which comes next before it; decides what a route's `through` includes. */
  readonly place: BoxName;
  readonly handler: Handler;
}

export interface Pipeline {
  /** The plugin in whose file an error arose, by the error's stack; undefined when it was none of them. */
  pluginBehind(error: unknown): string | undefined;
  /** @param api name of the API; undefined for pages that belong to none */
  chainOf(api: string | undefined): readonly ChainBox[];
  /** Does what the boxes have put off until the server listens. */
  warmUp(): Promise<void>;
  close(): Promise<void>;
}

/** A box before it is created: what it is, where it stands, what it is given. */
export interface Placed {
  middleware: Middleware;
  origin: string;
  place: BoxName;
  options: Record<string, unknown>;
  /** Where its entry is in the configuration, for faults. */
  path: string;
}

type Entry = Config['middleware'][number];

const builtInOrigin = 'built-in';
/** kebab-case: the name stands in the configuration, in logs and in metrics. */
const usableName = /^[a-z0-9]+(-[a-z0-9]+)*$/;

function isMiddleware(value: unknown): value is Middleware {
  const candidate = value as Partial<Middleware> | undefined;
  return (
    candidate?.kind === 'middleware' && typeof candidate.name === 'string' && typeof candidate.create === 'function'
  );
}

function isHandler(value: unknown): value is Handler {
  return typeof value === 'function';
}

/** @throws what the import throws, or TypeError for a module that exports no middleware */
async function loadPlugin(specifier: string, folder: string): Promise<{ middleware: Middleware; href: string }> {
  const { exported, href } = await importPlugin(specifier, folder);
  if (isMiddleware(exported)) return { middleware: exported, href };
  throw new TypeError(
    'its default export is not a middleware; write `export default defineMiddleware({ name, create })`',
  );
}

function placeOfEntry(
  entry: PluginEntry | Entry,
): { reference: string; where: 'before' | 'after' | 'replace' } | undefined {
  if (entry.replace) return { reference: entry.replace, where: 'replace' };
  if (entry.before) return { reference: entry.before, where: 'before' };
  if (entry.after) return { reference: entry.after, where: 'after' };
  return undefined;
}

/**
 * Where a plugin goes that the configuration does not place: as late as its own `before` and the default place allow,
 * and behind everything that its `after` names.
 */
function findPlace(chain: readonly Placed[], { after = [], before = [] }: Middleware): number {
  const indexOf = (name: string) => chain.findIndex((box) => box.middleware.name === name);
  const earliest = Math.max(-1, ...after.map(indexOf)) + 1;
  const limits = [...before, defaultPlace].map(indexOf).filter((index) => index >= 0);
  const latest = limits.length > 0 ? Math.min(...limits) : chain.length;
  return Math.max(earliest, latest);
}

function insertPlugin(chain: Placed[], plugin: Placed, entry: PluginEntry | Entry, faults: Fault[]): void {
  const names = chain.map((box) => box.middleware.name);
  const wanted = placeOfEntry(entry);
  if (!wanted) {
    const index = findPlace(chain, plugin.middleware);
    plugin.place = chain[index]?.place ?? 'proxy';
    chain.splice(index, 0, plugin);
    return;
  }
  const index = names.indexOf(wanted.reference);
  const neighbour = chain[index];
  if (!neighbour) {
    faults.push({
      path: `${plugin.path}.${wanted.where}`,
      value: wanted.reference,
      reason: 'no box of the chain has this name',
      nearest: nearestName(wanted.reference, names),
    });
    return;
  }
  plugin.place = neighbour.place;
  if (wanted.where === 'replace') chain[index] = plugin;
  else chain.splice(wanted.where === 'before' ? index : index + 1, 0, plugin);
}

function checkOrder(chain: readonly Placed[], faults: Fault[]): void {
  const names = chain.map((box) => box.middleware.name);
  for (const [index, { middleware, path }] of chain.entries()) {
    const fault = (reason: string, value: string) => faults.push({ path, value, reason });
    if (!usableName.test(middleware.name)) {
      fault('a middleware’s name must be of lower-case letters, digits and single hyphens', middleware.name);
    }
    if (names.indexOf(middleware.name) !== index) fault('two boxes of one chain have this name', middleware.name);
    for (const name of middleware.after ?? []) {
      const other = names.indexOf(name);
      if (other < 0) fault(`'${middleware.name}' must stand after '${name}', which is not in the chain`, name);
      else if (other > index) fault(`'${middleware.name}' must stand after '${name}'`, name);
    }
    for (const name of middleware.before ?? []) {
      const other = names.indexOf(name);
      if (other >= 0 && other < index) fault(`'${middleware.name}' must stand before '${name}'`, name);
    }
  }
}

const noOptions: JsonSchema = { type: 'object', additionalProperties: false };

/** What all middlewares are given alike. */
export type SharedServices = Omit<Services, 'onListening' | 'onClose'>;

/** The chains as the configuration leaves them, before anything of them is created. */
export interface ArrangedChains {
  /** By the name of the API; undefined: pages that belong to none. */
  readonly chains: ReadonlyMap<string | undefined, readonly Placed[]>;
  /** Each plugin's module, by its URL. */
  readonly pluginFiles: ReadonlyMap<string, string>;
}

/**
 * Loads and places the boxes and plugins of every API's chain.
 * @throws ConfigError with every fault of all of them
 */
export async function arrangeChains(
  config: Pick<Config, 'middleware' | 'baseDir' | 'file'>,
  apis: readonly string[],
  plugins: readonly PluginEntry[] = [],
): Promise<ArrangedChains> {
  const faults: Fault[] = [];
  const builtIns = await Promise.all(defaultChain.map(importBox));
  const loaded = new Map<number, Middleware>();
  const pluginFiles = new Map<string, string>();

  for (const [index, entry] of config.middleware.entries()) {
    const path = `middleware[${index}]`;
    if (entry.plugin && entry.enabled) {
      try {
        const { middleware, href } = await loadPlugin(entry.plugin, config.baseDir);
        loaded.set(index, middleware);
        pluginFiles.set(href, entry.plugin);
      } catch (error) {
        faults.push({
          path: `${path}.plugin`,
          value: entry.plugin,
          reason: `cannot be loaded: ${(error as Error).message}`,
        });
      }
    }
    for (const [position, api] of (entry.apis ?? []).entries()) {
      if (apis.includes(api)) continue;
      faults.push({
        path: `${path}.apis[${position}]`,
        value: api,
        reason: 'no API has this name',
        nearest: nearestName(api, apis),
      });
    }
  }

  /** The boxes of one API in order, as the configuration leaves them. */
  function arrange(api: string | undefined): Placed[] {
    const applies = (entry: { apis?: readonly string[] }) =>
      !entry.apis?.length || (api !== undefined && entry.apis.includes(api));
    let chain: Placed[] = builtIns.map((middleware, index) => ({
      middleware,
      origin: builtInOrigin,
      place: defaultChain[index]!,
      options: {},
      path: `middleware (${middleware.name})`,
    }));
    const disabled = new Set<string>();
    for (const [index, entry] of config.middleware.entries()) {
      const path = `middleware[${index}]`;
      const middleware = loaded.get(index);
      if (entry.plugin) {
        if (!middleware || !applies(entry)) continue;
        insertPlugin(
          chain,
          {
            middleware,
            origin: entry.plugin,
            place: defaultPlace,
            options: structuredClone(entry.options ?? {}),
            path,
          },
          entry,
          faults,
        );
        continue;
      }
      const box = chain.find((candidate) => candidate.middleware.name === entry.box);
      if (!box) {
        const names = chain.map((candidate) => candidate.middleware.name);
        const nearest = nearestName(entry.box ?? '', names);
        faults.push({ path: `${path}.box`, value: entry.box, reason: 'no box of the chain has this name', nearest });
      } else if (applies(entry)) {
        if (!entry.enabled) disabled.add(box.middleware.name);
        box.options = structuredClone({ ...box.options, ...entry.options });
        box.path = path;
      }
    }
    for (const [index, entry] of plugins.entries()) {
      if (!applies(entry)) continue;
      const { middleware } = entry;
      const options = structuredClone(entry.options ?? {});
      insertPlugin(
        chain,
        { middleware, origin: 'code', place: defaultPlace, options, path: `plugins[${index}]` },
        entry,
        faults,
      );
    }
    chain = chain.filter((box) => !disabled.has(box.middleware.name));
    checkOrder(chain, faults);
    for (const box of chain) {
      const schema = box.middleware.options ?? noOptions;
      if (box.origin === builtInOrigin && Object.keys(box.options).length === 0) box.options = defaultsOf(schema);
      else faults.push(...checkOptions(schema, box.options, `${box.path}.options`));
    }
    return chain;
  }

  const chains = new Map([...new Set([undefined, ...apis])].map((api) => [api, arrange(api)] as const));
  if (faults.length > 0) throw new ConfigError(withoutRepeats(faults), config.file);
  return { chains, pluginFiles };
}

/**
 * Creates the handlers of arranged chains.
 * @throws ConfigError naming every middleware that cannot be created; what the others opened is closed again
 */
export async function createPipeline(arranged: ArrangedChains, shared: SharedServices): Promise<Pipeline> {
  const { config, log } = shared;
  const warmUps: { middleware: string; warmUp(): void | Promise<void> }[] = [];
  const closers: { middleware: string; close(): void | Promise<void> }[] = [];
  const faults: Fault[] = [];
  const chains = new Map<string | undefined, ChainBox[]>();
  /** A box with the same options serves all chains: one set of counters, one pool of connections. */
  const handlers = new Map<Middleware, Map<string, Handler>>();

  async function createHandler({ middleware, options, origin }: Placed): Promise<Handler> {
    const byOptions = handlers.get(middleware) ?? new Map<string, Handler>();
    handlers.set(middleware, byOptions);
    const key = JSON.stringify(options);
    let handler = byOptions.get(key);
    if (!handler) {
      const { name } = middleware;
      const services: Services = {
        ...shared,
        onListening: (warmUp) => warmUps.push({ middleware: name, warmUp }),
        onClose: (close) => closers.push({ middleware: name, close }),
      };
      const bare: unknown = await middleware.create(options as never, services);
      if (!isHandler(bare)) throw new TypeError('its `create` gives no handler; return a function (req, res, next)');
      handler = guardHandler(bare, middleware, {
        timeoutMs: config.middlewareTimeout * 1000,
        isPlugin: origin !== builtInOrigin,
      });
      byOptions.set(key, handler);
      if (middleware.close && byOptions.size === 1) services.onClose(() => middleware.close?.());
    }
    return handler;
  }

  async function closeAll(): Promise<void> {
    for (const { middleware, close } of closers.reverse()) {
      try {
        await close();
      } catch (error) {
        log.error('a middleware failed to close', { middleware, error });
      }
    }
  }

  for (const [api, chain] of arranged.chains) {
    const boxes: ChainBox[] = [];
    for (const box of chain) {
      const { middleware, origin, place, path } = box;
      try {
        boxes.push({ name: middleware.name, origin, place, handler: await createHandler(box) });
      } catch (error) {
        if (error instanceof ConfigError) {
          faults.push(...error.faults);
          continue;
        }
        const reason = `'${middleware.name}' cannot be created: ${(error as Error).message}`;
        faults.push({ path, value: origin, reason });
      }
    }
    chains.set(api, boxes);
  }
  if (faults.length > 0) {
    await closeAll();
    throw new ConfigError(withoutRepeats(faults), config.file);
  }

  return {
    pluginBehind(error) {
      const stack = error instanceof Error ? (error.stack ?? '') : '';
      for (const [href, plugin] of arranged.pluginFiles) if (stack.includes(href)) return plugin;
      return undefined;
    },
    chainOf: (api) => chains.get(api) ?? chains.get(undefined)!,
    async warmUp() {
      for (const { middleware, warmUp } of warmUps) {
        // Each on a turn of its own: the first requests must not wait for all of it.
        await new Promise(setImmediate);
        try {
          await warmUp();
        } catch (error) {
          log.error('a middleware failed to warm up', { middleware, error });
        }
      }
    },
    close: closeAll,
  };
}

/** The same fault shows in the chain of every API. */
function withoutRepeats(faults: readonly Fault[]): Fault[] {
  const seen = new Map(faults.map((fault) => [`${fault.path}\n${fault.reason}\n${String(fault.value)}`, fault]));
  return [...seen.values()];
}
