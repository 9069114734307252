/**
 * The AI credits of an answer, which its last event tells (seen since June 2026, when the billing of premium requests ended);
 * undefined for other events.
 */
export declare function readCredits({ copilot_usage }: Readonly<Record<string, unknown>>): number | undefined;
