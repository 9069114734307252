import type { Metrics } from '../metrics.ts';
/** @returns counts a refresh of the provider's sign-in that has ended */
export declare function countRefreshes(metrics: Metrics, provider: string): (isGood: boolean) => void;
