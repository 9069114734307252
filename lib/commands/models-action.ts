import type { Command } from 'commander';
import { loadConfig } from '../config/load.ts';
import { withLocatedFaults } from '../config/located-faults.ts';
import type { Config } from '../config/schema.ts';
import { OpenCompatError } from '../errors.ts';
import { createLogger, type Logger } from '../log.ts';
import { type ListedModel, listModels } from '../models/resolve.ts';
import { builtIns } from '../providers/built-ins.ts';
import { openProviders } from '../providers/open-providers.ts';
import { type ProviderPlan, planProviders } from '../providers/plan.ts';
import type { Provider } from '../providers/provider.ts';
import { createScheduler } from '../scheduler.ts';
import { openCommandRedis, tellUntrusted } from './credentials.ts';

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
  const providers = await openProviders({ config, log, scheduler, redis }, withoutPlugins(plan));
  try {
    // Only servers run periodic work.
    await scheduler.stop();
    await Promise.all(signedIn(providers).map(refresh));
    const models = listModels(providers, config.aliases);
    console.log(options.json ? JSON.stringify(models.map(toJson), null, 2) : toTable(models));
  } finally {
    for (const provider of providers) await provider.close?.();
  }
}

/** Only a server runs plugins, so it alone knows their models. */
function withoutPlugins(plan: ProviderPlan): ProviderPlan {
  for (const { name, origin } of plan.providers.filter(({ isUnloaded }) => isUnloaded)) {
    console.error(`${name}: only a running server knows its models, because it is a plugin (${origin}).`);
  }
  return { ...plan, providers: plan.providers.filter(({ isUnloaded }) => !isUnloaded) };
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

function toJson({ id, provider, info }: ListedModel) {
  const { displayName, efforts, defaultEffort, contextWindow, serviceTiers } = info;
  return { id, provider: provider.name, displayName, efforts, defaultEffort, contextWindow, serviceTiers };
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
