import type { RouteServices } from '../server/route.ts';
export declare function describeServer({ config, providers, quotas, ledger, reloads, running, }: Pick<RouteServices, 'config' | 'providers' | 'quotas' | 'ledger' | 'reloads' | 'running'>): Promise<object>;
