import type { Router } from 'express';
import { type ConsoleContext } from './context.ts';
export declare function mountConfiguration(router: Router, { services, logChange }: ConsoleContext): void;
