/** Whether a window will last: by even use since it began. */
import type { QuotaWindow } from '../canonical/quota.ts';
export interface Forecast {
    /** How much of the window is over, in percent: even use would be here. */
    readonly pacePercent: number;
    /** When nothing is left at this pace, in Unix milliseconds; absent where the window is renewed before. */
    readonly runsDryAtMs?: number;
}
/** Undefined where nothing can be said: little has been used, the window is short, or its begin is not known. */
export declare function forecast(window: QuotaWindow, nowMs: number): Forecast | undefined;
