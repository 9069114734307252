/** One row of the ledger: what became of a request. Never its content. */
/** What a request has used up. */
export interface Used {
    /** Answers that an upstream was asked for: `n` times the prompts. 0: it was not asked. */
    readonly answers: number;
    readonly inputTokens: number;
    /** Those of `inputTokens` that the provider had cached. */
    readonly cachedTokens: number;
    readonly outputTokens: number;
    /** Those of `outputTokens` that were reasoning. */
    readonly reasoningTokens: number;
    /** The provider's own units, as its answers tell them: Copilot's AI credits. */
    readonly credits: number;
}
export interface UsageRow extends Used {
    /** As in `x-request-id`. */
    readonly id: string;
    /** When it came, in Unix milliseconds. */
    readonly atMs: number;
    /** The hash of its client key, else its address. */
    readonly clientId: string;
    /** The key's name, else its address. */
    readonly client: string;
    readonly api: string;
    /** The model as the client named it. */
    readonly askedModel: string | undefined;
    /** Who answered. */
    readonly provider: string | undefined;
    readonly model: string | undefined;
    readonly status: number;
    /** As in the log. */
    readonly outcome: string;
    readonly error: string | undefined;
    readonly reason: string | undefined;
    /** HTTP status with which the upstream refused. */
    readonly upstreamStatus: number | undefined;
    /** Milliseconds since it came, until: its body was read and checked. */
    readonly validatedMs: number | undefined;
    /** Its model was found. */
    readonly resolvedMs: number | undefined;
    /** The first request went to an upstream. */
    readonly sentMs: number | undefined;
    /** The head of the upstream's first answer came. */
    readonly headMs: number | undefined;
    /** The upstream's first event that tells something of the answer came. */
    readonly firstTokenMs: number | undefined;
    /** The first byte went to the client. */
    readonly firstByteMs: number | undefined;
    readonly totalMs: number;
    /** Milliseconds in this server. */
    readonly overheadMs: number;
    /** Parameters that were dropped, as the client named them. */
    readonly ignored: readonly string[];
    readonly isStreaming: boolean;
    /** The answer did not reach the client whole. */
    readonly isAborted: boolean;
    /** The upstream has told no tokens: they are our own guess. */
    readonly isEstimated: boolean;
}
/** With its price. */
export interface PricedRow extends UsageRow {
    /** USD. */
    readonly cost: number;
}
