import { notTrustedFault } from '../config/folder-file.ts';
import { FaultyConfigError, type LoadedConfig, loadConfig, type PartsConfig } from '../config/load.ts';
import { inFileOrder, locateFaults } from '../config/located-faults.ts';
import { ConfigError, type Fault, gatherFaults } from '../options/faults.ts';
import type { PlanOptions } from '../plugin-imports.ts';

/**
 * Loads the configuration of a server. If it is faulty, boxes and plugins are loaded too, to report all faults.
 * @throws ConfigError with every fault, those of the chain and of the providers too
 */
export async function loadServerConfig(
  flags: Record<string, unknown>,
  { loadsPlugins }: PlanOptions,
): Promise<LoadedConfig> {
  try {
    return loadConfig({ flags });
  } catch (error) {
    if (!(error instanceof FaultyConfigError)) throw error;
    const further = await findPartFaults(error.parts, loadsPlugins);
    throw new ConfigError(inFileOrder([...error.faults, ...further]), error.file);
  }
}

/**
 * The configuration as `serve` has it, plugins and all.
 * @throws ConfigError also where a folder's own file is not trusted: it may hold the client keys, and serving without them would be
 * unsafe
 */
export async function loadToServe(flags: Record<string, unknown>): Promise<LoadedConfig> {
  const loaded = await loadServerConfig(flags, { loadsPlugins: true });
  if (loaded.untrustedFile) throw new ConfigError([notTrustedFault(loaded.untrustedFile)]);
  return loaded;
}

async function findPartFaults(parts: PartsConfig, loadsPlugins: boolean): Promise<readonly Fault[]> {
  const [{ apisOf, importRoutes }, { planChains }, { planProviders }] = await Promise.all([
    import('../server/built-in-routes.ts'),
    import('../chain/plan.ts'),
    import('../providers/plan.ts'),
  ]);
  const apis = apisOf(await importRoutes()).map(({ name }) => name);
  try {
    await gatherFaults(planChains(parts, apis, [], { loadsPlugins }), planProviders(parts, [], { loadsPlugins }));
  } catch (error) {
    if (error instanceof ConfigError) return locateFaults(parts, error.faults);
    throw error;
  }
  return [];
}
