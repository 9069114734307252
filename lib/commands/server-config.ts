import {
  type ChainConfig,
  FaultyConfigError,
  inFileOrder,
  type LoadedConfig,
  loadConfig,
  locateFaults,
} from '../config.ts';
import { ConfigError, type Fault } from '../faults.ts';

/**
 * The configuration of a server. Only what is faulty is worth the loading of boxes and plugins here.
 * @throws ConfigError with every fault, those of the chain too
 */
export async function loadServerConfig(flags: Record<string, unknown>): Promise<LoadedConfig> {
  try {
    return loadConfig({ flags });
  } catch (error) {
    if (!(error instanceof FaultyConfigError) || !error.chain) throw error;
    const chainFaults = await findChainFaults(error.chain);
    throw new ConfigError(inFileOrder([...error.faults, ...chainFaults]), error.file);
  }
}

async function findChainFaults(chain: ChainConfig): Promise<readonly Fault[]> {
  const [{ apisOf, importRoutes }, { arrangeChains }] = await Promise.all([
    import('../built-in-modules.ts'),
    import('../pipeline.ts'),
  ]);
  const apis = apisOf(await importRoutes()).map(({ name }) => name);
  try {
    await arrangeChains(chain, apis);
  } catch (error) {
    if (error instanceof ConfigError) return locateFaults(chain, error.faults);
    throw error;
  }
  return [];
}
