import { OpenCompatError } from '../errors.ts';
import type { UpstreamAnswer } from '../providers/provider.ts';
import { type ReaderOptions } from './upstream-reader.ts';
export interface WholeOptions extends ReaderOptions {
    maxAnswerBytes: number;
    /** The first byte of the answer's body came. */
    onFirstBytes(): void;
}
/**
 * Reads the whole body of an answer.
 * @throws OpenCompatError OC_UPSTREAM_ERROR when it is too large, and what `UpstreamReader.read` throws
 */
export declare function readWhole(answer: UpstreamAnswer, options: WholeOptions): Promise<Buffer>;
/** The error for a gathered answer that exceeds `maxAnswerBytes`. */
export declare function tooLarge(): OpenCompatError;
