/** The sums of a day: what requests of one client, provider and model have used together. */
import { summedColumns } from './ledger-schema.ts';
import type { PricedRow } from './usage-row.ts';
export declare const msPerDay = 86400000;
/** `2026-11-29`, in UTC. */
export declare function dayOf(atMs: number): string;
export type Sums = Record<(typeof summedColumns)[number], number>;
export interface DaySum {
    day: string;
    clientId: string;
    client: string;
    /** '' where nobody was found to answer; likewise `model`. */
    provider: string;
    model: string;
    sums: Sums;
}
/** Where a sum is added that its day has no room for: without its model's name, and then without its client's. */
export declare function foldNames<T extends Omit<DaySum, 'sums'>>(sum: T): [withoutModel: T, withoutClient: T];
/** What a sum is about, as a key of a map. */
export declare function nameOf({ day, clientId, provider, model }: Omit<DaySum, 'client' | 'sums'>): string;
export declare function startSum(names: Omit<DaySum, 'sums'>): DaySum;
/** What a row's sum is about. */
export declare function namesOf({ atMs, clientId, client, provider, model }: PricedRow): Omit<DaySum, 'sums'>;
export declare function addUp(rows: readonly PricedRow[]): Iterable<DaySum>;
export declare function addRow(sums: Sums, row: PricedRow): void;
