/** The ledger, as plugins may read it: rows and sums, never content, and nothing that identifies a client but its name. */
import { maxPage, type RowFilter, type RowPage, readRows } from './ledger-reader.ts';
import { type Grouping, sumUsage, type UsageSum } from './report.ts';

export interface UsageReader {
  /**
   * Requests that ended at least a second ago, the newest first. Waits for the disk: not for the way of a request.
   * @param limit 1 to 200, default 50
   * @param before the `next` of the page before
   * @throws Error for a ledger that cannot be read
   */
  rows(filter?: RowFilter, page?: { limit?: number; before?: number }): RowPage;
  /** @param sinceDay the first day that counts, `2026-11-29` */
  sums(by: Grouping, sinceDay: string): readonly UsageSum[];
}

const usualPage = 50;

export function createUsageReader(path: string): UsageReader {
  return {
    rows: (filter = {}, { limit = usualPage, before } = {}) =>
      readRows(path, filter, { limit: Math.min(Math.max(1, limit), maxPage), ...(before !== undefined && { before }) }),
    sums: (by, sinceDay) => sumUsage(path, by, sinceDay),
  };
}
