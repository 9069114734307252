/** What client keys have used in the windows of their limits. */
import { type Amounts, type KeyLimit, type Window } from './windows.ts';
/** A limit in the window that is open now. */
export interface OpenLimit extends KeyLimit {
    readonly open: Window;
}
export interface Taken {
    /** The limit that is reached: nothing was counted. */
    readonly reached: OpenLimit | undefined;
    /** What has been used in the window of each of the limits, with what was just counted. */
    readonly used: readonly number[];
}
/** What has been used since a moment, by a store that outlives the process. */
export type UsedBefore = (clientId: string, window: Window) => Amounts;
/** Without such a store. */
export declare const countNothing: UsedBefore;
export interface LimitCounts {
    /** Counts amounts in the windows of all limits, unless one of them is reached: in a single step. */
    take(clientId: string, limits: readonly OpenLimit[], amounts: Amounts): Taken | Promise<Taken>;
    /** Corrects what was counted, by the difference. */
    correct(clientId: string, limits: readonly OpenLimit[], difference: Amounts): void;
}
interface Count extends Amounts {
    startMs: number;
}
/**
 * Of requests it is known beforehand how many there will be. Of tokens and money it is not: while there is anything left, a
 * request may begin.
 */
export declare function isReached({ measure, limit }: KeyLimit, used: number, amounts: Amounts): boolean;
/** In this process. */
export declare class LocalCounts implements LimitCounts {
    #private;
    constructor(usedBefore: UsedBefore);
    take(clientId: string, limits: readonly OpenLimit[], amounts: Amounts): Taken;
    correct(clientId: string, limits: readonly OpenLimit[], difference: Amounts): void;
    /** What all servers have used, as far as they tell. */
    learn(clientId: string, open: Window, used: Amounts): void;
    /** The count of the newest window of that name that has been asked for. */
    countOf(clientId: string, open: Window): Count;
}
export {};
