/** Recorded answers of an upstream, and which of them answers a request. */
import type { CanonicalRequest } from '../../canonical/types.ts';
import type { Capture, UpstreamRecord } from '../../recorder/capture.ts';
/** `recorded`: in the order of the capture, whatever is asked. `strict`: the same request. `near`: the most alike of the model's. */
export type ReplayMatch = 'recorded' | 'strict' | 'near';
/** A recorded answer, and what it answered. */
export interface RecordedAnswer extends UpstreamRecord {
    readonly model: string;
    /** The canonical request, as text. */
    readonly asked: string;
    readonly lastWords: string;
    /** Of the whole exchange. */
    readonly failure: {
        readonly code?: string;
        readonly message: string;
    } | undefined;
}
/** The answers to one request: in turn, for it may have been asked again after a refusal. */
export declare class Playlist {
    #private;
    constructor(answers: readonly RecordedAnswer[], { isRepeated }: {
        isRepeated: boolean;
    });
    get hasNext(): boolean;
    /** The next one, which stays the next one. */
    peek(): RecordedAnswer | undefined;
    take(): RecordedAnswer | undefined;
}
/** The answers of one provider in a capture; of all providers without a name. */
export declare function answersIn(capture: Capture, provider?: string): RecordedAnswer[];
/** Finds the answers to a request among those of many captures. */
export declare class Library {
    #private;
    constructor(answers: readonly RecordedAnswer[], match: ReplayMatch);
    /** The key of the playlist for a request. Undefined: nothing answers it. */
    find(model: string, request: CanonicalRequest): string | undefined;
    playlist(key: string): Playlist | undefined;
}
