import type { Router } from 'express';
import type { ConsoleContext } from './context.ts';
export declare function mountKeys(router: Router, { services, logChange }: ConsoleContext): void;
