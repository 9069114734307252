import { hashOfFile } from '../hash-of-file.ts';
import { type LastingScope, withinLasting } from '../lasting.ts';
import { ConfigError, type Fault } from '../options/faults.ts';
import type { ConfigPlaces } from '../options/fragment.ts';
import { namedFiles } from '../options/named-files.ts';
import { builtInOrigin } from '../plugin-imports.ts';
import { OwnTasks } from '../scheduler.ts';
import type { PluginStates } from '../storage/plugin-state.ts';
import type { BuiltInProvider, ProviderServices } from './definition.ts';
import { guardProvider } from './guard.ts';
import type { PlannedProvider, ProviderPlan, ProvidersPlanConfig } from './plan.ts';
import type { Provider } from './provider.ts';

type OpeningServices = Pick<
  ProviderServices<ProvidersPlanConfig & ConfigPlaces>,
  'config' | 'log' | 'scheduler' | 'metrics' | 'redis'
> & {
  readonly clientState: PluginStates;
  /** Holds the providers: its end is theirs, but for those that another one holds too. */
  readonly lasting: LastingScope;
};

/** A provider, and what ends with it. */
interface OpenProvider {
  readonly provider: Provider;
  close(): Promise<void>;
}

/**
 * Creates the planned providers, in order. A built-in one of which nothing has changed is the one that there is already.
 * @throws ConfigError naming every provider that cannot be created
 */
export async function openProviders(
  services: OpeningServices,
  { providers: planned }: ProviderPlan,
): Promise<readonly Provider[]> {
  const { config, lasting } = services;
  const providers: Provider[] = [];
  const faults: Fault[] = [];
  for (const plan of planned) {
    try {
      const { provider } = await lasting.open(
        `provider ${plan.name}`,
        factsOf(plan, config),
        () => openProvider(plan, services, providers),
        ({ close }) => close(),
      );
      providers.push(provider);
    } catch (error) {
      if (plan.origin === builtInOrigin) throw error;
      faults.push({ path: plan.path, value: plan.origin, reason: `cannot be created: ${(error as Error).message}` });
    }
  }
  if (faults.length === 0) return providers;
  throw new ConfigError(faults, config.file);
}

/** What a provider depends on. A plugin may read the whole configuration, and ask the other providers: it is new each time. */
function factsOf({ origin, definition, options }: PlannedProvider, config: ConfigPlaces): unknown {
  if (origin !== builtInOrigin) return { anew: () => {} };
  const { keys = {} } = definition as BuiltInProvider;
  const { baseDir, file, dataDir, cacheDir } = config;
  const values = Object.fromEntries(Object.keys(keys).map((key) => [key, (config as never)[key]]));
  const texts = namedFiles(keys, values).map(hashOfFile);
  return { create: definition.create, options, values, texts, baseDir, file, dataDir, cacheDir };
}

async function openProvider(
  { name, definition, options, origin }: PlannedProvider,
  services: OpeningServices,
  providers: readonly Provider[],
): Promise<OpenProvider> {
  const { log } = services;
  const isBuiltIn = origin === builtInOrigin;
  const scope = services.lasting.fork();
  const scheduler = new OwnTasks(services.scheduler);
  let provider: Provider | undefined;
  async function close(): Promise<void> {
    await scheduler.end();
    try {
      await provider?.close?.();
    } finally {
      await scope.close();
    }
  }
  try {
    const created = await definition.create(options as never, {
      ...services,
      name,
      scheduler,
      clientState: services.clientState.within(`provider ${name}`),
      lasting: withinLasting(scope, `provider ${name}`),
      providers,
    });
    provider = isBuiltIn
      ? Object.assign(created as Provider, { type: definition.name })
      : guardProvider(created, name, log);
    return { provider, close };
  } catch (error) {
    await close();
    throw error;
  }
}
