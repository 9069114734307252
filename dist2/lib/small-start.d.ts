/** How much larger the young generation becomes when it is full. */
export declare function setGrowthFactor(factor: number): void;
export declare function letCompilersRun(mayRun: boolean): void;
/**
 * V8 doubles its young generation while a start makes garbage, and gives that memory back late: 16 of an idle server's
 * 118 MB. A start is over before optimised code pays: without it the compilers' own code, 8 MB, is never read into memory
 * (measured 2026-11, Node 24).
 */
export declare function keepStartSmall(): void;
