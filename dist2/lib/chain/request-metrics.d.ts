import { type Metrics } from '../metrics.ts';
import type { RequestFacts } from './request-facts.ts';
/** @returns counts a request that has ended */
export declare function createRequestMetrics(metrics: Metrics): (facts: RequestFacts) => void;
