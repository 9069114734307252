import type { RedisConnection } from '../storage/redis.ts';
import type { AnswerScope } from './resumable-answer.ts';
/** What the server that runs an answer tells of it. */
export interface AnswerHead {
    contentType: string;
    /** How many events it has, once it has all of them. */
    count?: number;
}
/** Events that follow one another. */
export interface EventBatch {
    /** Number of the first one, counted from 1. */
    first: number;
    /** As clients are sent them; each byte a character. */
    events: readonly string[];
}
export interface AnswerState {
    /** Undefined when nothing is kept any more. */
    head: AnswerHead | undefined;
    /** Does the server that runs it live? */
    isAlive: boolean;
}
/** Where one answer stands. Its names reveal nothing, and nobody finds it who asks as another client or on another path. */
export declare class SharedAnswer {
    #private;
    constructor(redis: RedisConnection, { owner, path }: AnswerScope, id: string);
    /**
     * @param keepMs how long it is kept from now on
     * @param lifeMs how long its server is taken to be alive from now on
     */
    writeHead(head: AnswerHead, keepMs: number, lifeMs: number): Promise<void>;
    /** A batch that is there already, as the answer to its first writing was lost, stays as it is. */
    write(batch: EventBatch, keepMs: number): Promise<void>;
    /** Drops the batches whose events all have lower numbers. */
    trim(first: number): Promise<void>;
    remove(): Promise<void>;
    /** Events that a reader elsewhere has had; undefined where nobody reads. */
    readerPosition(): Promise<number | undefined>;
    /** Tells the server that runs the answer that somebody reads it: now and then, however often it is called. */
    noteReader(position: number): Promise<void>;
    look(): Promise<AnswerState>;
    /** The next events behind a position, in batches that may begin before it. */
    read(position: number): Promise<EventBatch[]>;
}
/** Undefined for an answer that nobody runs or has run for this client on this path. */
export declare function findSharedAnswer(redis: RedisConnection, scope: AnswerScope, id: string): Promise<(AnswerHead & {
    answer: SharedAnswer;
}) | undefined>;
