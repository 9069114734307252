/** The ledger, as plugins may read it: rows and sums, never content, and nothing that identifies a client but its name. */
import { type RowFilter, type RowPage } from './ledger-reader.ts';
import { type Grouping, type UsageSum } from './report.ts';
export interface UsageReader {
    /**
     * Requests that ended at least a second ago, the newest first. Waits for the disk: not for the way of a request.
     * @param limit 1 to 200, default 50
     * @param before the `next` of the page before
     * @throws Error for a ledger that cannot be read
     */
    rows(filter?: RowFilter, page?: {
        limit?: number;
        before?: number;
    }): RowPage;
    /** @param sinceDay the first day that counts, `2026-11-29` */
    sums(by: Grouping, sinceDay: string): readonly UsageSum[];
}
export declare function createUsageReader(path: string): UsageReader;
