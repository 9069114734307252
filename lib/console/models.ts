import { describeAlias, isOdd, reportAliases } from '../models/alias-report.ts';
import { listReadyModels } from '../models/pages.ts';
import type { RouteServices } from '../server/route.ts';

/** The models that can be asked for now, and where the aliases lead. */
export async function describeModels({
  config,
  providers,
}: Pick<RouteServices, 'config' | 'providers'>): Promise<object> {
  const aliases = new Set(Object.keys(config.aliases));
  const models = await listReadyModels(providers, config.aliases, undefined);
  return {
    models: models.filter(({ id }) => !aliases.has(id)).map(({ id, provider }) => ({ id, provider: provider.name })),
    aliases: reportAliases(providers, config.aliases).map((report) => ({
      name: report.alias,
      targets: [config.aliases[report.alias] ?? []].flat(),
      goesTo: report.goesTo,
      ...(isOdd(report) && { note: describeAlias(report) }),
    })),
  };
}
