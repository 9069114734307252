import type { Router } from 'express';
import { type ConsoleContext } from './context.ts';
export declare function mountRequests(router: Router, { services, access, place }: ConsoleContext): void;
