import type { Router } from 'express';
import type { ConsoleContext } from './context.ts';
export declare function mountOverview(router: Router, { services }: ConsoleContext): void;
