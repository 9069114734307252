import type { Command } from 'commander';
import { loadConfig } from '../config/load.ts';
import { withLocatedFaults } from '../config/located-faults.ts';
import type { Config } from '../config/schema.ts';
import { OpenCompatError } from '../errors.ts';
import { openLasting } from '../lasting.ts';
import { createLogger, type Logger } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { type AliasReport, describeAlias, reportAliases } from '../models/alias-report.ts';
import { type ListedModel, listModels } from '../models/resolve.ts';
import { builtIns } from '../providers/built-ins.ts';
import { openProviders } from '../providers/open-providers.ts';
import { type PlannedProvider, planProviders } from '../providers/plan.ts';
import type { Provider } from '../providers/provider.ts';
import { createScheduler } from '../scheduler.ts';
import { createEmptyStates } from '../storage/plugin-state.ts';
import { openCommandRedis, tellUntrusted } from './credentials.ts';
import { withoutPlugins } from './without-plugins.ts';

/** @throws ConfigError */
export async function runModels(program: Command, options: { json?: true; refresh?: true }): Promise<void> {
  const loaded = loadConfig({ flags: program.opts() });
  const { config } = loaded;
  tellUntrusted(loaded);
  const log = createLogger({ level: config.verbose ? 'debug' : 'warn', format: config.logFormat });
  if (options.refresh) await fetchExtras(config, log);

  const scheduler = createScheduler({ log });
  const redis = await openCommandRedis(config, log);
  const plan = await withLocatedFaults(loaded, () => planProviders(config, [], { loadsPlugins: false }));
  const lasting = openLasting(log);
  try {
    const services = {
      config,
      log,
      scheduler,
      metrics: createMetrics(),
      clientState: createEmptyStates(log),
      redis,
      lasting,
    };
    const providers = await openProviders(services, withoutPlugins(plan, tellOfPlugin));
    // Only servers run periodic work.
    await scheduler.stop();
    await Promise.all(signedIn(providers).map(refresh));
    const models = listModels(providers, config.aliases);
    const aliases = reportAliases(providers, config.aliases);
    console.log(options.json ? JSON.stringify(models.map(toJson(aliases)), null, 2) : toTable(models));
    if (!options.json && aliases.length > 0) {
      console.log(['', 'ALIASES', ...aliases.map(describeAlias)].join('\n'));
    }
  } finally {
    await lasting.close();
  }
}

/** Standard output is the list, so this goes to standard error. */
function tellOfPlugin({ name, origin }: PlannedProvider): void {
  console.error(`${name}: only a running server knows its models, because it is a plugin (${origin}).`);
}

/** Progress and failures go to standard error: standard output is the list. */
async function fetchExtras(config: Config, log: Logger): Promise<void> {
  for (const { extra } of builtIns) {
    if (!extra) continue;
    try {
      await extra.fetch({ config, log });
      console.error(`${extra.title}: refreshed.`);
    } catch (error) {
      console.error(`${extra.title}: ${(error as Error).message}`);
      process.exitCode = 1;
    }
  }
}

/** The providers that can be asked; without any sign-in, all of them, so that each says how to sign in. */
function signedIn(providers: readonly Provider[]): readonly Provider[] {
  const known = providers.filter((provider) => provider.readiness().hasCredentials);
  return known.length > 0 ? known : providers;
}

/** A provider that cannot be asked lists its last known models: a sign-in everywhere is not required. */
async function refresh(provider: Provider): Promise<void> {
  try {
    await provider.refreshModels?.();
  } catch (error) {
    console.error(`${provider.title}: ${(error as Error).message}`);
    if (!(error instanceof OpenCompatError && error.code === 'OC_NO_CREDENTIALS')) process.exitCode = 1;
  }
}

function toJson(aliases: readonly AliasReport[]) {
  return ({ id, provider, info }: ListedModel) => {
    const { displayName, efforts, defaultEffort, contextWindow, serviceTiers } = info;
    // Where it goes, when it is an alias; JSON leaves out what is undefined.
    const { alias: _, ...alias } = aliases.find((report) => report.alias === id) ?? {};
    const of = { displayName, efforts, defaultEffort, contextWindow, serviceTiers };
    return { id, provider: provider.name, ...of, ...alias };
  };
}

function toTable(models: readonly ListedModel[]): string {
  const rows = [
    ['MODEL', 'PROVIDER', 'REASONING EFFORTS (* = default)'],
    // By the name that stands before the slash in `provider/model`.
    ...models.map(({ id, provider, info }) => [id, provider.name, describeEfforts(info)]),
  ];
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map(([id, provider, efforts]) =>
      `${id!.padEnd(widths[0]!)}  ${provider!.padEnd(widths[1]!)}  ${efforts}`.trimEnd(),
    )
    .join('\n');
}

function describeEfforts({ efforts, defaultEffort }: ListedModel['info']): string {
  return efforts.map((effort) => (effort === defaultEffort ? `${effort}*` : effort)).join(' ');
}
