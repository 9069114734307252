/** The facts of a request that has ended: for its line in the log, for metrics and for its row in the ledger. */
import type { CanonicalUsage } from '../canonical/types.ts';
import type { UsageRow, Used } from '../usage/usage-row.ts';
import type { Outcome } from './hooks.ts';
import type { Exchange, Request, Response } from './middleware.ts';
import { type Failure, type UpstreamFailure } from './outcome.ts';
/** Times are milliseconds since the request came. */
export interface RequestFacts extends Failure {
    readonly id: string;
    /** Name of the client key, else the address; '' where neither is known. */
    readonly client: string;
    /** Name of the client key; undefined where the server asks for none. */
    readonly clientKey: string | undefined;
    readonly method: string;
    /** Without the query. */
    readonly path: string;
    readonly api: string | undefined;
    /** As the client named it, found or not. */
    readonly askedModel: string | undefined;
    readonly provider: string | undefined;
    readonly model: string | undefined;
    readonly status: number;
    readonly outcome: Outcome;
    readonly isAborted: boolean;
    /** It was explained, not sent. */
    readonly isExplained: boolean;
    readonly isStreaming: boolean;
    readonly upstreamFailures: readonly UpstreamFailure[];
    readonly validatedMs: number | undefined;
    readonly resolvedMs: number | undefined;
    readonly sentMs: number | undefined;
    readonly upstreamHeadMs: number | undefined;
    /** The upstream's first event that tells something of the answer. */
    readonly firstTokenMs: number | undefined;
    readonly firstByteMs: number | undefined;
    readonly totalMs: number;
    /** Spent in this server. */
    readonly overheadMs: number;
    readonly usage: CanonicalUsage | undefined;
    /** The upstream has told none: `usage` is our own guess. */
    readonly isUsageEstimated: boolean;
    /** The provider's own units, where it counts in some. */
    readonly credits: number | undefined;
}
/** @param endMs on the `performance.now()` clock */
export declare function factsOf(req: Request, res: Response, endMs: number): RequestFacts;
/** Does a request belong in the ledger? It asked something new of an API, to be answered, and its client was let in. */
export declare function isForLedger({ method, exchange }: Request): boolean;
/** What an exchange has used up so far. */
export declare function usedBy({ timings, answers, usage, credits }: Exchange): Used;
export declare function toUsageRow({ exchange }: Request, facts: RequestFacts): UsageRow;
