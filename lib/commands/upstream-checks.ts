/** Checks of the way to each upstream: its name, the proxy, its certificate, and this machine's clock by the upstream's. */
import type { Config } from '../config/schema.ts';
import { outgoingFetch } from '../outgoing/fetch.ts';
import { describeNetworkError, ProxyError } from '../outgoing/network-errors.ts';
import { findProxy } from '../outgoing/proxies.ts';
import type { BuiltInProvider } from '../providers/definition.ts';
import type { ProviderPlan } from '../providers/plan.ts';
import type { NamedCheck, Tell } from './findings.ts';

const limitMs = 10_000;
/** A clock that is further off breaks sign-ins and certificates, in milliseconds. */
const maxClockOffMs = 60_000;

/**
 * One for each origin that a provider calls.
 * @param signedOut providers that nobody uses yet: a fault on the way there is worth a note
 */
export function upstreamChecks(
  config: Config,
  { providers }: ProviderPlan,
  signedOut: ReadonlySet<string>,
): NamedCheck[] {
  const checks = new Map<string, NamedCheck>();
  for (const { name, definition, options, isUnloaded, origin } of providers) {
    if (isUnloaded) {
      const text = `a plugin (${origin}): only a running server knows where it calls`;
      checks.set(name, { name, run: (tell) => tell({ name, verdict: 'note', text }) });
      continue;
    }
    const { addresses } = definition as BuiltInProvider;
    for (const address of addresses?.(config, options) ?? []) {
      const { origin: target } = new URL(address);
      if (!checks.has(target))
        checks.set(target, { name, run: (tell) => checkWay(name, new URL(target), signedOut.has(name), tell) });
    }
  }
  return [...checks.values()];
}

async function checkWay(name: string, target: URL, isUnused: boolean, tell: Tell): Promise<void> {
  try {
    const proxy = findProxy(target);
    const sentMs = Date.now();
    // Any answer will do: what is asked is the way there.
    const answer = await outgoingFetch(target, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(limitMs),
    });
    const way = proxy ? `, through the proxy ${proxy.address} (${proxy.variable})` : '';
    tell({ name, verdict: 'ok', text: `${target.host} can be reached${way}` });
    checkClock(target, answer.headers.get('date'), (sentMs + Date.now()) / 2, tell);
  } catch (error) {
    const text = `${target.host} cannot be reached: ${describeNetworkError(error)}`;
    tell({ name, verdict: isUnused ? 'note' : 'failed', text, advice: adviceFor(error, target) });
  }
}

function checkClock(target: URL, date: string | null, nowMs: number, tell: Tell): void {
  const offMs = nowMs - Date.parse(date ?? '');
  if (!(Math.abs(offMs) > maxClockOffMs)) return;
  const minutes = Math.round(Math.abs(offMs) / 60_000);
  tell({
    name: 'clock',
    verdict: 'failed',
    text: `this machine's clock is ${minutes} minutes ${offMs > 0 ? 'ahead of' : 'behind'} that of ${target.host}`,
    advice: 'Set it by the network (`timedatectl set-ntp true`): sign-ins end too early or too late by a wrong clock.',
  });
}

function adviceFor(error: unknown, { hostname }: URL): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof ProxyError) {
    return `Mend the variable that names the proxy, or add ${hostname} to NO_PROXY if it can be reached without one.`;
  }
  const { code = '' } = cause as NodeJS.ErrnoException;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return `Look for a slip in the address; if it is right, this machine's DNS does not know it (\`nslookup ${hostname}\`).`;
  }
  if (/CERT|SIGNED|ISSUER|SIGNATURE|CA$/.test(code)) {
    return 'Set NODE_EXTRA_CA_CERTS=/path/of/the/certificate.pem for the server, and start it anew.';
  }
  return `See whether a firewall stands between, or ${hostname} is down; behind a company's proxy set HTTPS_PROXY.`;
}
