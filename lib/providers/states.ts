import { settleWithin } from '../settle-within.ts';
import type { Provider, Readiness } from './provider.ts';

/** Longest wait for a check of the sign-ins; after it, the state in memory is used. */
const lookLimitMs = 1_000;

/** The state of each provider, for whoever looks at the server; by then it knows of sign-ins that another process made or ended. */
export async function lookAtProviders(providers: readonly Provider[]): Promise<({ name: string } & Readiness)[]> {
  const looks = providers.flatMap((provider) => provider.lookForSignIn?.() ?? []);
  await settleWithin(looks, lookLimitMs);
  return providers.map((provider) => ({ name: provider.name, ...provider.readiness() }));
}
