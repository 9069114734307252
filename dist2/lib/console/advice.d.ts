/** @param error as the log names it */
export declare function adviceOn(outcome: string, error: string | null): string;
