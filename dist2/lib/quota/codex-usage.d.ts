/** ChatGPT's windows in the form in which the Codex CLI asks for them: that of the backend's own `GET /wham/usage`. */
import type { Quota, QuotaWindow } from '../canonical/quota.ts';
interface ToldWindows extends Pick<Quota, 'planType' | 'credits'> {
    readonly windows: readonly QuotaWindow[];
}
/** @param quota undefined where nothing is known */
export declare function toUsageAnswer(quota: ToldWindows | undefined, nowMs: number): object;
export {};
