/** The quota that a provider reports, by its own windows. */
export interface QuotaWindow {
    /** 0–100. */
    usedPercent: number;
    windowMinutes?: number;
    /** Unix seconds. */
    resetAtEpochS?: number;
    /** Requests in the window, and how many are left, where the provider counts requests. */
    total?: number;
    remaining?: number;
    /** The window has no limit. */
    isUnlimited?: boolean;
    /** What counts in it, where that is not every request: `AI credits`, `tokens`, a family of models. */
    feature?: string;
    /** It limits only some of the provider's requests, and says nothing of the others. */
    isPartial?: boolean;
}
export interface Quota {
    planType?: string;
    /** By the provider's name for the window: `primary`, `secondary`, … */
    windows: Record<string, QuotaWindow>;
    credits?: {
        hasCredits: boolean;
        isUnlimited: boolean;
        balance?: string;
    };
    /** When it was seen, in Unix milliseconds. */
    seenAtMs: number;
}
