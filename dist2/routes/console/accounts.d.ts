import type { Router } from 'express';
import type { ConsoleContext } from './context.ts';
export declare function mountAccounts(router: Router, { services, place, logChange }: ConsoleContext): void;
