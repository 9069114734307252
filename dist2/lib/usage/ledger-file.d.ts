import type { PricedRow } from './usage-row.ts';
import { type Amounts, type Window } from './windows.ts';
export interface LedgerLimits {
    maxRows: number;
    maxDays: number;
    maxSums: number;
}
/** All methods are synchronous, and throw the errors of SQLite. */
export declare class LedgerFile {
    #private;
    /**
     * Opens the file, and makes it where there is none, for its owner alone.
     * @throws Error for a file that is no ledger, or one of a newer version
     */
    constructor(path: string, limits: LedgerLimits);
    /** Writes all of the rows and their sums, or nothing. */
    write(rows: readonly PricedRow[]): void;
    /** What a client has used: of a minute and an hour by the rows, of a day and a month by the sums. */
    usedIn(clientId: string, { name, startMs, endMs }: Window): Amounts;
    /**
     * Removes some of the rows that are too old or too many.
     * @returns are there more?
     */
    prune(nowMs: number): boolean;
    close(): void;
}
