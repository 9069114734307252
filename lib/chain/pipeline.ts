/** The running chains: creates the handlers of planned boxes, and closes what they opened. */
import { withinLasting } from '../lasting.ts';
import { ConfigError, type Fault } from '../options/faults.ts';
import { builtInOrigin } from '../plugin-imports.ts';
import { OwnTasks } from '../scheduler.ts';
import type { PluginStates } from '../storage/plugin-state.ts';
import type { BoxName } from './default-chain.ts';
import { guardHandler } from './guard.ts';
import type { Handler, Middleware, Services } from './middleware.ts';
import type { PlannedBox } from './places.ts';
import { type ChainPlan, withoutRepeats } from './plan.ts';
import { type PlacedRoute, placeRoute } from './plugin-routes.ts';

/** One box of a chain, ready to be mounted. */
export interface ChainBox {
  readonly name: string;
  /** As of its plan. */
  readonly origin: string;
  readonly place: BoxName;
  readonly duty: BoxName | undefined;
  readonly handler: Handler;
}

export interface Pipeline {
  /** @param api name of the API; undefined for pages outside every API */
  chainOf(api: string | undefined): readonly ChainBox[];
  /** The paths that plugins serve themselves. */
  readonly routes: readonly PlacedRoute[];
  /** Runs the work that the boxes have put off until the server listens. */
  warmUp(): Promise<void>;
  close(): Promise<void>;
}

/** The services that all middlewares share. */
export type SharedServices = Omit<Services, 'addRoute' | 'onListening' | 'onClose' | 'clientState'> & {
  readonly clientState: PluginStates;
};

/** @throws ConfigError naming every middleware that cannot be created; what the others opened is closed again */
export async function createPipeline(plan: ChainPlan, shared: SharedServices): Promise<Pipeline> {
  const handlers = new Handlers(shared);
  const faults: Fault[] = [];
  const chains = new Map<string | undefined, ChainBox[]>();
  for (const [api, boxes] of plan.chains) {
    const chain: ChainBox[] = [];
    for (const box of boxes) {
      const { middleware, origin, place, duty } = box;
      try {
        chain.push({ name: middleware.name, origin, place, duty, handler: await handlers.get(box) });
      } catch (error) {
        faults.push(...toFaults(error, box));
      }
    }
    chains.set(api, chain);
  }
  if (faults.length > 0) {
    await handlers.close();
    throw new ConfigError(withoutRepeats(faults), shared.config.file);
  }

  return {
    chainOf: (api) => chains.get(api) ?? chains.get(undefined)!,
    routes: handlers.routes,
    warmUp: () => handlers.warmUp(),
    close: () => handlers.close(),
  };
}

function toFaults(error: unknown, { middleware, origin, path }: PlannedBox): readonly Fault[] {
  if (error instanceof ConfigError) return error.faults;
  const reason = `'${middleware.name}' cannot be created: ${(error as Error).message}`;
  return [{ path, value: origin, reason }];
}

type Task = () => void | Promise<void>;

/** The handlers that have been created, and the tasks that they have registered. */
class Handlers {
  readonly #shared: SharedServices;
  /** A box with the same options serves all chains: one set of counters, one pool of connections. */
  readonly #created = new Map<Middleware, Map<string, Handler>>();
  readonly #warmUps: { middleware: string; run: Task }[] = [];
  readonly routes: PlacedRoute[] = [];
  readonly #closers: { middleware: string; run: Task }[] = [];

  constructor(shared: SharedServices) {
    this.#shared = shared;
  }

  /** @throws what `create` throws; TypeError when it returns no handler */
  async get(box: PlannedBox): Promise<Handler> {
    const { middleware, options } = box;
    const byOptions = this.#created.get(middleware) ?? new Map<string, Handler>();
    this.#created.set(middleware, byOptions);
    const key = JSON.stringify(options);
    const known = byOptions.get(key);
    if (known) return known;
    const handler = await this.#create(box);
    byOptions.set(key, handler);
    if (byOptions.size === 1) this.#closeAtLast(middleware);
    return handler;
  }

  async #create({ middleware, options, origin }: PlannedBox): Promise<Handler> {
    const scheduler = new OwnTasks(this.#shared.scheduler);
    this.#onClose(middleware, () => scheduler.end());
    const { middlewareTimeout } = this.#shared.config;
    const guard = { timeoutMs: middlewareTimeout * 1000, isPlugin: origin !== builtInOrigin };
    const wrap = (handler: Handler) => guardHandler(handler, middleware, guard);
    let isCreating = true;
    const services: Services = {
      ...this.#shared,
      lasting: withinLasting(this.#shared.lasting, middleware.name),
      scheduler,
      clientState: this.#shared.clientState.within(middleware.name),
      addRoute: (route) => {
        if (!isCreating) throw new Error('routes can be added only while `create` runs');
        this.#addRoute(placeRoute(middleware.name, route, wrap));
      },
      onListening: (run) => this.#warmUps.push({ middleware: middleware.name, run }),
      onClose: (run) => this.#onClose(middleware, run),
    };
    const bare: unknown = await middleware.create(options as never, services);
    isCreating = false;
    if (!isHandler(bare)) throw new TypeError('its `create` must return a handler: a function (req, res, next)');
    return wrap(bare);
  }

  /** @throws Error for a path that has its handler already */
  #addRoute(placed: PlacedRoute): void {
    const { method, path } = placed;
    if (this.routes.some((other) => other.method === method && other.path === path)) {
      throw new Error(`${method.toUpperCase()} ${path} is served already`);
    }
    this.routes.push(placed);
  }

  /** The chains of two configurations may have the definition at a time: its own `close` is called when none has it any more. */
  #closeAtLast(middleware: Middleware): void {
    if (!middleware.close) return;
    const { name, create } = middleware;
    this.#shared.lasting.open(
      `middleware ${name}`,
      create,
      () => middleware,
      (ended) => ended.close?.(),
    );
  }

  #onClose({ name }: Middleware, run: Task): void {
    this.#closers.push({ middleware: name, run });
  }

  async warmUp(): Promise<void> {
    for (const { middleware, run } of this.#warmUps) {
      // Each in a turn of the event loop of its own: the first requests must not wait for all of them.
      await new Promise(setImmediate);
      await this.#try(run, 'a middleware failed to warm up', middleware);
    }
  }

  /** Closes in reverse order of opening; failures are logged. */
  async close(): Promise<void> {
    for (const { middleware, run } of this.#closers.reverse()) {
      await this.#try(run, 'a middleware failed to close', middleware);
    }
  }

  async #try(run: Task, message: string, middleware: string): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.#shared.log.error(message, { middleware, error });
    }
  }
}

function isHandler(value: unknown): value is Handler {
  return typeof value === 'function';
}
