import { planChains } from '../chain/plan.ts';
import { withLocatedFaults } from '../config/located-faults.ts';
import { createConfigReport, formatConfigReport } from '../config/report.ts';
import { gatherFaults } from '../options/faults.ts';
import { builtInOrigin } from '../plugin-imports.ts';
import { planProviders } from '../providers/plan.ts';
import { apisOf, importRoutes } from '../server/built-in-routes.ts';
import { loadServerConfig } from './server-config.ts';

/** @throws ConfigError */
export async function runConfig({ json, ...flags }: Record<string, unknown>): Promise<void> {
  const loaded = await loadServerConfig(flags, { loadsPlugins: false });
  const apis = apisOf(await importRoutes()).map(({ name }) => name);
  const [chainPlan, providerPlan] = await withLocatedFaults(loaded, () =>
    gatherFaults(
      planChains(loaded.config, apis, [], { loadsPlugins: false }),
      planProviders(loaded.config, [], { loadsPlugins: false }),
    ),
  );
  const chains: Record<string, { name: string; origin: string }[]> = {};
  for (const [api, chain] of chainPlan.chains) {
    if (api !== undefined) chains[api] = chain.map(({ middleware, origin }) => ({ name: middleware.name, origin }));
  }
  const providers = providerPlan.providers.map(({ name, definition, origin }) => ({
    name,
    origin: origin === builtInOrigin ? (definition.name ?? origin) : origin,
  }));
  const report = createConfigReport(loaded, { chains, providers });
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : formatConfigReport(report));
}
