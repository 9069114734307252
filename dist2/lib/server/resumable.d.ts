/**
 * Streams that outlive their connection. The client's request is answered by an inner one, which takes the whole chain: once for
 * limits, charges, logs and the ledger. Its stream is kept for a while; whoever comes back with a token is sent the rest.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Request, Response } from 'express';
import type { ClientApi } from '../apis/api.ts';
import type { Config } from '../config/schema.ts';
import type { RedisConnection } from '../storage/redis.ts';
export interface ResumableStreamsOptions {
    /** The one in use now. */
    config(): Pick<Config, 'resume' | 'resumeTimeout' | 'resumeMaxBytes' | 'resumeMaxAnswers' | 'maxEventBytes' | 'upstreamIdleTimeout' | 'keepaliveInterval'>;
    redis: RedisConnection | undefined;
    /** Takes the requests: a server with the application on it. */
    server(): Server;
}
/** What a request asks for: a stream to come back to, or to go on with one. */
export type ResumeAsk = 'start' | 'go-on' | undefined;
export declare class ResumableStreams {
    #private;
    constructor(options: ResumableStreamsOptions);
    askOf(req: IncomingMessage): ResumeAsk;
    /** Answers by an inner request. */
    start(req: Request, res: Response, api: ClientApi): void;
    /**
     * Sends the rest of an answer to a client that was let in.
     * @throws OpenCompatError for a token without an answer, or of events that are not kept any more
     */
    goOn(req: Request, res: Response): Promise<void>;
    drain(): void;
    /** Resolves when other servers can have all that has come. */
    close(): Promise<void>;
}
