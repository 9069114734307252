import type { ServerResponse } from 'node:http';
import type { EventCutterOptions } from './event-cutter.ts';
/** What makes the answer's bytes. */
export interface AnswerSource {
    pause(): void;
    resume(): void;
    /** Lets go of the upstream. */
    abort(): void;
}
/** Who alone may read an answer, and where. */
export interface AnswerScope {
    /** See `ownerOf`. */
    owner: string;
    /** Of its request. */
    path: string;
}
export interface ResumableAnswerOptions {
    scope: AnswerScope;
    contentType: string;
    source: AnswerSource;
    /** Most bytes that are kept: the oldest that every reader has been sent go first. */
    maxBytes: number;
    /** How long the answer lives without a reader, in milliseconds. */
    timeoutMs: number;
    /** How long a reader may read nothing, in milliseconds. */
    stallMs: number;
    /**
     * Does the answer go on whether somebody reads or not? Then what exceeds `maxBytes` goes even if a slow reader still needs it,
     * the reader with it, the answer ends with `forget` alone, and its events, which have numbers of their own, get no ids.
     */
    isUnattended?: boolean;
    /** Called once, when nobody can come back to it any more. */
    onGone(): void;
}
export declare class ResumableAnswer {
    #private;
    readonly id: string;
    /** Told of new events and of the end. */
    mirror?: {
        note(): void;
        remove(): void;
    };
    constructor(options: ResumableAnswerOptions);
    get scope(): AnswerScope;
    get contentType(): string;
    /** How the bytes are cut, and where the events go. */
    get cutting(): Omit<EventCutterOptions, 'maxEventBytes'>;
    /** Sends readers what has come since: after each read of the source. */
    flush(): void;
    /** The source has ended, and so does the stream of each reader. */
    finish(): void;
    get isOver(): boolean;
    /** Events that have come. */
    get count(): number;
    /** Events that are no longer kept. */
    get dropped(): number;
    /** The kept events behind a position, one at least and no more than the bytes. */
    eventsBehind(position: number, maxBytes: number): readonly Buffer[];
    /** Somebody reads it on another server. @param position events that they have had; undefined: nobody does any more */
    noteRemoteReader(position: number | undefined): void;
    /** Are the events from this position on kept? @param position events that the reader has had */
    has(position: number): 'yes' | 'gone' | 'never';
    /** Sends the events behind the position, then those to come. The head is the caller's, who has set it on `res`. */
    attach(res: ServerResponse, position: number): void;
    /** The server stops: an answer that nobody reads is let go, as nobody can come back. */
    drain(): void;
    forget(): void;
}
/** Can answers of this type be cut into events? */
export declare function isResumable(contentType: string | undefined): boolean;
