/** Gives a recorded answer again, byte for byte. */
import type { UpstreamAnswer } from '../provider.ts';
import type { RecordedAnswer } from './playlist.ts';
export interface DeliveryOptions {
    /** How many times as fast as it was; absent: as fast as can be. */
    readonly speed?: number;
    /** Bytes of each piece; absent: those of the recorded reads. */
    readonly splitEveryBytes?: number;
}
/** @throws OpenCompatError where the request had failed before an answer came */
export declare function deliver(answer: RecordedAnswer, title: string, signal: AbortSignal, options: DeliveryOptions): Promise<UpstreamAnswer>;
