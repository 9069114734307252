import type { Metrics } from '../metrics.ts';
import type { Provider } from '../providers/provider.ts';
import type { QuotaBook } from './quota-book.ts';
interface Measured {
    readonly metrics: Metrics;
    readonly providers: readonly Provider[];
    readonly quotas: QuotaBook;
}
/** @returns measures the quota as it was told last; no provider is asked for it */
export declare function measureQuota({ metrics, providers, quotas }: Measured): () => void;
export {};
