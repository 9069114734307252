/** The way of a request that is explained instead of sent. Loaded with the first one. */
import { type RequestHandler } from 'express';
import type { ChainBox } from '../chain/pipeline.ts';
import type { Route, RouteServices } from './route.ts';
/** @param chain that of the route's API */
export declare function createExplainRouter(chain: readonly ChainBox[], route: Route, services: RouteServices): RequestHandler;
