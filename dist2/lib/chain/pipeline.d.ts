import type { PluginStates } from '../storage/plugin-state.ts';
import type { BoxName } from './default-chain.ts';
import type { Handler, Services } from './middleware.ts';
import { type ChainPlan } from './plan.ts';
import { type PlacedRoute } from './plugin-routes.ts';
/** One box of a chain, ready to be mounted. */
export interface ChainBox {
    readonly name: string;
    /** As of its plan. */
    readonly origin: string;
    readonly place: BoxName;
    readonly duty: BoxName | undefined;
    readonly handler: Handler;
}
export interface Pipeline {
    /** @param api name of the API; undefined for pages outside every API */
    chainOf(api: string | undefined): readonly ChainBox[];
    /** The paths that plugins serve themselves. */
    readonly routes: readonly PlacedRoute[];
    /** Runs the work that the boxes have put off until the server listens. */
    warmUp(): Promise<void>;
    close(): Promise<void>;
}
/** The services that all middlewares share. */
export type SharedServices = Omit<Services, 'addRoute' | 'onListening' | 'onClose' | 'clientState'> & {
    readonly clientState: PluginStates;
};
/** @throws ConfigError naming every middleware that cannot be created; what the others opened is closed again */
export declare function createPipeline(plan: ChainPlan, shared: SharedServices): Promise<Pipeline>;
