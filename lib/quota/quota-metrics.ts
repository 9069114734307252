import type { Metrics } from '../metrics.ts';
import type { Provider } from '../providers/provider.ts';
import { describeQuota } from './overview.ts';
import type { QuotaBook } from './quota-book.ts';

interface Measured {
  readonly metrics: Metrics;
  readonly providers: readonly Provider[];
  readonly quotas: QuotaBook;
}

/** @returns measures the quota as it was told last; no provider is asked for it */
export function measureQuota({ metrics, providers, quotas }: Measured): () => void {
  const used = metrics.gauge(
    'opencompat_quota_used_ratio',
    'Used part of a quota window, 0 to 1; the label tells the length of the window, and what it counts',
    ['provider', 'window'],
  );
  const reset = metrics.gauge(
    'opencompat_quota_reset_timestamp_seconds',
    'When a quota window is renewed, in Unix time; left out where the provider does not tell',
    ['provider', 'window'],
  );
  return () => {
    // What other servers are told shows the next time.
    if (quotas.isShared) void quotas.learn(providers.map(({ name }) => name));
    used.clear();
    reset.clear();
    for (const { name: provider } of providers) {
      for (const { label, usedPercent, resetsAt } of describeQuota(quotas.of(provider), Date.now())) {
        const labels = { provider, window: label };
        used.set(usedPercent / 100, labels);
        if (resetsAt) reset.set(Date.parse(resetsAt) / 1000, labels);
      }
    }
  };
}
