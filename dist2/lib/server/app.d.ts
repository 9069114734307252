/** The Express application: every route with its chain, and the answers to requests that match none. */
import express from 'express';
import { type HttpExchange } from '../chain/exchange.ts';
import type { Pipeline } from '../chain/pipeline.ts';
import type { RouteServices } from './route.ts';
/** @param live holds every exchange from its beginning to its end */
export declare function createApp(pipeline: Pipeline, services: RouteServices, live: Set<HttpExchange>): express.Express;
