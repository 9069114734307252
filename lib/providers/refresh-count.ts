import type { Metrics } from '../metrics.ts';

/** @returns counts a refresh of the provider's sign-in that has ended */
export function countRefreshes(metrics: Metrics, provider: string): (isGood: boolean) => void {
  const refreshes = metrics.counter(
    'opencompat_sign_in_refreshes_total',
    'Refreshes of sign-ins: `outcome` is `ok` or `failed`',
    ['provider', 'outcome'],
  );
  return (isGood) => refreshes.inc(1, { provider, outcome: isGood ? 'ok' : 'failed' });
}
