import { type Route } from '../lib/server/route.ts';
export declare const codexUsage: Route;
export declare const backendUsage: Route;
