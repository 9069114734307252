/** What the console shows first: who can answer, what runs, what has failed. */
import type { Config } from '../config/schema.ts';
import type { Provider } from '../providers/provider.ts';
import { findSignIn } from '../providers/sign-ins.ts';
import { lookAtProviders } from '../providers/states.ts';
import { describeQuota } from '../quota/overview.ts';
import type { QuotaBook } from '../quota/quota-book.ts';
import type { ConfigState } from '../server/config-state.ts';
import type { RouteServices } from '../server/route.ts';
import { ledgerPathOf } from '../usage/ledger.ts';
import { readFailures } from '../usage/ledger-reader.ts';
import { version } from '../version.ts';
import { adviceOn } from './advice.ts';
import { listRunning } from './running.ts';
import { toShownFault } from './shown-fault.ts';

const msPerDay = 86_400_000;
const startedAt = new Date(performance.timeOrigin).toISOString();

export async function describeServer({
  config,
  providers,
  quotas,
  ledger,
  reloads,
  running,
}: Pick<RouteServices, 'config' | 'providers' | 'quotas' | 'ledger' | 'reloads' | 'running'>): Promise<object> {
  const failures = readSafely(() => describeFailures(config, Date.now() - msPerDay));
  return {
    version,
    startedAt,
    now: new Date().toISOString(),
    providers: await describeProviders(providers, quotas),
    running: listRunning(running),
    errors: failures.value ?? [],
    config: describeConfig(config, reloads.state),
    usageFault: config.usageStore === 'off' ? '`usageStore` is `off`.' : (ledger?.fault ?? failures.fault ?? null),
  };
}

/** How old the quota may be that is shown, in milliseconds. */
const maxQuotaAgeMs = 60_000;

async function describeProviders(providers: readonly Provider[], quotas: QuotaBook): Promise<object[]> {
  const [states] = await Promise.all([lookAtProviders(providers), quotas.look(providers, maxQuotaAgeMs)]);
  return states.map(({ name, isReady, hasCredentials, reason, warning }, index) => ({
    name,
    title: providers[index]!.title,
    ready: isReady,
    signedIn: hasCredentials ?? null,
    canSignIn: findSignIn(name) !== undefined,
    ...(reason && { reason }),
    ...(warning && { warning }),
    quota: describeQuota(quotas.of(name), Date.now()),
  }));
}

function describeFailures(config: Config, sinceMs: number): object[] {
  if (config.usageStore === 'off') return [];
  return readFailures(ledgerPathOf(config), sinceMs).map(({ lastAtMs, ...group }) => ({
    ...group,
    lastAt: new Date(lastAtMs).toISOString(),
    advice: adviceOn(group.outcome, group.error),
  }));
}

/** What is wrong with the ledger is told, and hides nothing else. */
function readSafely<T>(read: () => T): { value?: T; fault?: string } {
  try {
    return { value: read() };
  } catch (error) {
    return { fault: (error as Error).message };
  }
}

function describeConfig({ file }: Config, { takenAtMs, refusal, waiting }: ConfigState): object {
  return {
    source: file ?? null,
    fault: refusal
      ? {
          message: 'The configuration on disk has a fault; the one before is in use.',
          faults: refusal.faults.map(toShownFault),
        }
      : null,
    lastReload: { at: new Date(takenAtMs).toISOString(), waiting },
  };
}
