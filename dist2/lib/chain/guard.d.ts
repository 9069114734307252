import type { Handler, Middleware } from './middleware.ts';
/**
 * Wraps a box so that its faults cost one request and are reported by its name: throwing, rejecting, calling `next` twice,
 * never answering.
 * @param timeoutMs time to answer or call `next`; 0 = no limit
 */
export declare function guardHandler(handler: Handler, { name, mayWait }: Middleware, { timeoutMs, isPlugin }: {
    timeoutMs: number;
    isPlugin: boolean;
}): Handler;
