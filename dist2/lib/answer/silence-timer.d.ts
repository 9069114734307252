/** Notices when something has not happened for a while. */
export interface SilenceTimer {
    /** It happened. Only reads the clock: resetting a timer took 0.3 µs of every streamed delta. */
    touch(): void;
    stop(): void;
}
/**
 * Calls back after `limitMs` milliseconds without a `touch`, and again after each further such silence, until stopped.
 * @param sinceMs when the first silence began, on the `performance.now()` clock
 */
export declare function createSilenceTimer(limitMs: number, onSilence: () => void, sinceMs?: number): SilenceTimer;
