import type { RouteServices } from '../server/route.ts';
/** The models that can be asked for now, and where the aliases lead. */
export declare function describeModels({ config, providers, }: Pick<RouteServices, 'config' | 'providers'>): Promise<object>;
