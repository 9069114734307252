import type { Config } from '../config/schema.ts';
import type { Logger } from '../log.ts';
import { describeAlias, isOdd, reportAliases } from '../models/alias-report.ts';
import type { Provider } from '../providers/provider.ts';
import type { Scheduler, Unschedule } from '../scheduler.ts';

/** How often the lists are compared with the aliases again, in minutes: they come after the start, and change. */
const lookEveryMinutes = 1;

interface NoticeOptions {
  config: Pick<Config, 'aliases'>;
  log: Logger;
  providers: readonly Provider[];
  scheduler: Pick<Scheduler, 'schedule'>;
  /** What has been said already. */
  told: Set<string>;
}

/**
 * Says in the log which aliases lead nowhere, or stand in front of a model of the same name; each thing once.
 * @returns the function that ends it
 */
export function watchAliases({ config, log, providers, scheduler, told }: NoticeOptions): Unschedule {
  if (Object.keys(config.aliases).length === 0) return async () => {};

  function look(): void {
    const areKnown = areListsKnown(providers);
    for (const report of reportAliases(providers, config.aliases)) {
      // Who serves nothing yet may serve it soon.
      if (!isOdd(report) || (report.nowhere.length > 0 && !areKnown)) continue;
      const line = describeAlias(report);
      if (told.has(line)) continue;
      told.add(line);
      log.warn(`alias ${line}`);
    }
  }
  look();
  return scheduler.schedule('aliases', lookEveryMinutes, async () => look());
}

function areListsKnown(providers: readonly Provider[]): boolean {
  const ready = providers.filter((provider) => provider.readiness().isReady);
  return ready.length > 0 && ready.every((provider) => (provider.listState?.() ?? 'current') === 'current');
}
