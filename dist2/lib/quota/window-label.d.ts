/** Names a quota window by its length: the names that providers give are no help, as `primary` may be the hours or the week. */
import type { QuotaWindow } from '../canonical/quota.ts';
/** `week`, `5 hours`, `month (AI credits)`; a window of unknown length by what it counts, else `limit`. */
export declare function labelOf({ windowMinutes, feature }: Pick<QuotaWindow, 'windowMinutes' | 'feature'>): string;
