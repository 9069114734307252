import { planChains } from '../chain/plan.ts';
import { withLocatedFaults } from '../config/located-faults.ts';
import { createConfigReport, formatConfigReport } from '../config/report.ts';
import type { Config } from '../config/schema.ts';
import { openLasting } from '../lasting.ts';
import { createLogger } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { describeAlias, reportAliases } from '../models/alias-report.ts';
import { gatherFaults } from '../options/faults.ts';
import { builtInOrigin } from '../plugin-imports.ts';
import { openProviders } from '../providers/open-providers.ts';
import { type ProviderPlan, planProviders } from '../providers/plan.ts';
import { createScheduler } from '../scheduler.ts';
import { apisOf, importRoutes } from '../server/built-in-routes.ts';
import { createEmptyStates } from '../storage/plugin-state.ts';
import { loadServerConfig } from './server-config.ts';
import { withoutPlugins } from './without-plugins.ts';

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
  const aliases = await describeAliases(loaded.config, providerPlan);
  const report = createConfigReport(loaded, { chains, providers, aliases });
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : formatConfigReport(report));
}

/** By what the providers know without asking anybody. */
async function describeAliases(config: Config, plan: ProviderPlan): Promise<string[]> {
  if (Object.keys(config.aliases).length === 0) return [];
  const log = createLogger({ level: 'error', format: 'text', stream: process.stderr });
  const scheduler = createScheduler({ log });
  const lasting = openLasting(log);
  try {
    const providers = await openProviders(
      { config, log, scheduler, metrics: createMetrics(), clientState: createEmptyStates(log), lasting },
      withoutPlugins(plan),
    );
    await scheduler.stop();
    return reportAliases(providers, config.aliases).map(describeAlias);
  } finally {
    await lasting.close();
  }
}
