import type { Fault } from '../options/faults.ts';
/** What became of a reload. */
export interface ReloadReport {
    readonly outcome: 'taken' | 'unchanged' | 'refused';
    /** What has changed, and counts from now on. */
    readonly changes: readonly string[];
    /** The keys that have changed since the start, and count after a restart. */
    readonly waiting: readonly string[];
    /** Why it was refused, in the words of a start. */
    readonly message?: string;
    readonly faults?: readonly Fault[];
}
export interface Refusal {
    /** Unix milliseconds. */
    readonly atMs: number;
    readonly message: string;
    /** None for an error that is no fault of the configuration. */
    readonly faults: readonly Fault[];
    readonly file: string | undefined;
}
/** The state of the configuration, for those who look at the server. */
export interface ConfigState {
    /** When the one in use was taken up, in Unix milliseconds. */
    readonly takenAtMs: number;
    /** Why the one on disk is not in use; undefined if it is. */
    readonly refusal?: Refusal;
    readonly waiting: readonly string[];
}
/** Takes up changed configurations. */
export interface ConfigReloads {
    readonly state: ConfigState;
    /** One after the other. Never rejects. @param reason for the log */
    reload(reason: string): Promise<ReloadReport>;
}
