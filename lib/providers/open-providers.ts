import { ConfigError, type Fault } from '../options/faults.ts';
import type { ConfigPlaces } from '../options/fragment.ts';
import { builtInOrigin } from '../plugin-imports.ts';
import type { ProviderServices } from './definition.ts';
import { guardProvider } from './guard.ts';
import type { ProviderPlan, ProvidersPlanConfig } from './plan.ts';
import type { Provider } from './provider.ts';

/**
 * Creates the planned providers, in order.
 * @throws ConfigError naming every provider that cannot be created; the others are closed again
 */
export async function openProviders(
  services: Pick<ProviderServices<ProvidersPlanConfig & ConfigPlaces>, 'config' | 'log' | 'scheduler' | 'redis'>,
  { providers: planned }: ProviderPlan,
): Promise<readonly Provider[]> {
  const { config, log } = services;
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
