import { apisOf, importRoutes } from '../built-in-modules.ts';
import { withLocatedFaults } from '../config.ts';
import { createConfigReport, formatConfigReport } from '../config-report.ts';
import { arrangeChains } from '../pipeline.ts';
import { loadServerConfig } from './server-config.ts';

/** @throws ConfigError */
export async function runConfig({ json, ...flags }: Record<string, unknown>): Promise<void> {
  const loaded = await loadServerConfig(flags);
  const apis = apisOf(await importRoutes()).map(({ name }) => name);
  const arranged = await withLocatedFaults(loaded, () => arrangeChains(loaded.config, apis));
  const chains: Record<string, { name: string; origin: string }[]> = {};
  for (const [api, chain] of arranged.chains) {
    if (api !== undefined) chains[api] = chain.map(({ middleware, origin }) => ({ name: middleware.name, origin }));
  }
  const report = createConfigReport(loaded, chains);
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : formatConfigReport(report));
}
