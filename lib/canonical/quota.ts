/** What a provider told about what is left, in its own windows. */
export interface QuotaWindow {
  /** 0–100. */
  usedPercent: number;
  windowMinutes?: number;
  /** Unix seconds. */
  resetAtEpochS?: number;
  /** Requests in the window, and how many of them are left, where the provider counts so. */
  total?: number;
  remaining?: number;
  /** Nothing of it is counted. */
  isUnlimited?: boolean;
}

export interface Quota {
  planType?: string;
  /** By the provider's name for the window: `primary`, `secondary`, … */
  windows: Record<string, QuotaWindow>;
  credits?: { hasCredits: boolean; isUnlimited: boolean; balance?: string };
  /** Unix milliseconds when it was seen. */
  seenAtMs: number;
}
