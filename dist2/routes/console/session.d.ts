/** Signing in to the console, and out. */
import type { Router } from 'express';
import type { ConsoleContext } from './context.ts';
export declare function mountSession(router: Router, { access }: ConsoleContext): void;
