/** Named checks, and what they find: for `check` and `doctor`. */
export interface Finding {
    /** Of the check, or of the part that it has looked at. */
    readonly name: string;
    /** `note`: something to know that is no fault. */
    readonly verdict: 'ok' | 'note' | 'failed';
    /** What is so. */
    readonly text: string;
    /** What to do about it. */
    readonly advice?: string;
}
export type Tell = (finding: Finding) => void;
export interface NamedCheck {
    readonly name: string;
    /** @throws Error where it cannot go on; it has failed then */
    run(tell: Tell): Promise<void> | void;
}
/**
 * Runs them in turn, up to the first that throws.
 * @param describe what it has thrown, in words
 */
export declare function runChecks(checks: readonly NamedCheck[], tell: Tell, describe: (error: unknown) => string | Omit<Finding, 'name' | 'verdict'>): Promise<void>;
export declare function formatFinding({ name, verdict, text, advice }: Finding): string;
