import type { DatabaseSync } from 'node:sqlite';
import type { PricedRow } from './usage-row.ts';
/** Most rows of one page. */
export declare const maxPage = 200;
/** A row as it is shown: without what identifies the client, which is the hash of its key. */
export interface ShownRow {
    /** Grows from row to row; null for one that has just ended. */
    readonly number: number | null;
    readonly id: string;
    /** ISO 8601. */
    readonly at: string;
    readonly client: string;
    readonly api: string;
    readonly askedModel: string | null;
    readonly provider: string | null;
    readonly model: string | null;
    readonly status: number;
    readonly outcome: string;
    readonly error: string | null;
    readonly reason: string | null;
    readonly upstreamStatus: number | null;
    /** Milliseconds since it came, as far as it got; null in rows of earlier versions. */
    readonly validatedMs: number | null;
    readonly resolvedMs: number | null;
    readonly sentMs: number | null;
    readonly headMs: number | null;
    readonly firstTokenMs: number | null;
    readonly firstByteMs: number | null;
    readonly totalMs: number;
    readonly overheadMs: number;
    readonly answers: number;
    readonly inputTokens: number;
    readonly cachedTokens: number;
    readonly outputTokens: number;
    readonly reasoningTokens: number;
    readonly credits: number;
    readonly cost: number;
    readonly ignored: readonly string[];
    readonly isStreaming: boolean;
    readonly isAborted: boolean;
    /** The upstream has told no tokens: they are our own guess. */
    readonly isEstimated: boolean;
}
export interface RowFilter {
    readonly id?: string;
    readonly client?: string;
    /** As asked for, or as answered. */
    readonly model?: string;
    readonly provider?: string;
    readonly outcome?: string;
    /** Unix milliseconds; `toMs` is not included. */
    readonly fromMs?: number;
    readonly toMs?: number;
    readonly isFailed?: boolean;
}
export interface RowPage {
    /** The newest first. */
    readonly rows: readonly ShownRow[];
    /** Where the next page begins (`before`); null: there are no older rows. */
    readonly next: number | null;
}
/** Failures of one cause. */
export interface FailureGroup {
    readonly error: string | null;
    readonly outcome: string;
    readonly provider: string | null;
    readonly count: number;
    readonly lastAtMs: number;
    /** Of the last one. */
    readonly reason: string | null;
}
/** @throws Error for a file that is no ledger, or cannot be read */
export declare function withLedger<T>(path: string, absent: T, read: (database: DatabaseSync) => T): T;
/** @param before the number from which on rows are left out */
export declare function readRows(path: string, filter: RowFilter, { limit, before }: {
    limit: number;
    before?: number;
}): RowPage;
/** The failures since a moment, those that came most often first. */
export declare function readFailures(path: string, sinceMs: number): FailureGroup[];
/** A row that has just been counted. */
export declare function showRow(row: PricedRow): ShownRow;
/** When each client was seen last, in Unix milliseconds, as far as the newest rows tell. By the clients' names. */
export declare function readLastUses(path: string): ReadonlyMap<string, number>;
