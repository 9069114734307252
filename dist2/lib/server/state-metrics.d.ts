import type { RouteServices } from './route.ts';
type Measured = Pick<RouteServices, 'config' | 'metrics' | 'providers' | 'availability' | 'quotas' | 'reloads' | 'running' | 'ledger' | 'responses' | 'redis'>;
/** @returns measures all of it */
export declare function createStateMetrics(services: Measured): () => void;
export {};
