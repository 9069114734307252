import type { Config } from '../config/schema.ts';
import type { Logger } from '../log.ts';
import { type LedgerLimits } from './ledger-file.ts';
import { type UsedBefore } from './limit-counts.ts';
import type { CostOf } from './prices.ts';
import type { SharedSums } from './shared-sums.ts';
import type { PricedRow, UsageRow } from './usage-row.ts';
export interface Ledger {
    /** Takes the row of a request that has ended. Never throws. */
    add(row: UsageRow): void;
    /** Takes other prices for the rows to come. */
    price(costOf: CostOf): void;
    /** Has every row told as it comes. @returns the function that ends it */
    watch(tell: (row: PricedRow) => void): () => void;
    /** Why rows are lost at the moment, in words for the operator. */
    readonly fault: string | undefined;
    /** Of its file, in bytes; 0 where there is none. */
    sizeBytes(): number;
    /** What a client has used in a window; nothing where the file cannot be read. Waits for the disk. */
    readonly usedIn: UsedBefore;
    /** Writes what waits. */
    close(): Promise<void>;
}
export interface LedgerOptions {
    path: string;
    limits: LedgerLimits;
    costOf: CostOf;
    log: Logger;
    /** Where several servers add up together. */
    shared?: SharedSums | undefined;
    /** Between two writes, in milliseconds. Default: a second. */
    intervalMs?: number;
}
export declare function ledgerPathOf({ usageFile, baseDir, dataDir, }: Pick<Config, 'usageFile' | 'baseDir' | 'dataDir'>): string;
export declare function createLedger(options: LedgerOptions): Ledger;
