import type { UpstreamAnswer } from '../providers/provider.ts';
import { type ReaderOptions } from './upstream-reader.ts';
/** Reads the text of a refusal, as far as it comes within `idleTimeoutMs` in total. Never throws. */
export declare function readRefusalText(answer: UpstreamAnswer, options: ReaderOptions): Promise<string>;
