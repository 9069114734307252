/** Resolves when all promises have settled, at the latest after `limitMs` milliseconds. Never rejects. */
export declare function settleWithin(promises: readonly Promise<unknown>[], limitMs: number): Promise<void>;
