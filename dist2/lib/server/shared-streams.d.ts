/** Streams to come back to, where several servers share a Redis: a client may come back to another one. Loaded only there. */
import type { Request, Response } from 'express';
import type { Config } from '../config/schema.ts';
import type { AnswerScope, ResumableAnswer } from '../kept/resumable-answer.ts';
import type { RedisConnection } from '../storage/redis.ts';
export interface SharedStreamsOptions {
    redis: RedisConnection;
    /** The one in use now. */
    config(): Pick<Config, 'resumeTimeout' | 'resumeMaxAnswers' | 'upstreamIdleTimeout' | 'keepaliveInterval'>;
}
export interface SharedResumption {
    req: Request;
    res: Response;
    scope: AnswerScope;
    token: string;
    writeHead(contentType: string, id: string): void;
}
export declare class SharedStreams {
    #private;
    constructor(options: SharedStreamsOptions);
    /** Has other servers see the answer. */
    mirror(answer: ResumableAnswer): void;
    /**
     * Sends the rest of an answer that another server runs, or has run.
     * @throws OpenCompatError as `ResumableStreams.goOn`, and OC_STORE_AWAY
     */
    goOn(resumption: SharedResumption): Promise<void>;
    /** Resolves when all is in Redis that has come, or cannot get there. */
    close(): Promise<void>;
}
