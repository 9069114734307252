/**
 * Answers that are made in the background: a client's request is read, counted and handed over to an inner one, which goes on
 * whatever becomes of the client.
 */
import type { Server } from 'node:http';
import type { Request, Response } from 'express';
import type { ResponseObject } from '../apis/responses/response-object.ts';
import type { Config } from '../config/schema.ts';
import { BackgroundRun } from './background-run.ts';
export interface BackgroundAnswersOptions {
    /** The one in use now. */
    config(): Pick<Config, 'backgroundMaxAnswers' | 'backgroundTimeout' | 'maxEventBytes' | 'redis' | 'responsesStore' | 'resumeMaxBytes' | 'resumeTimeout' | 'upstreamIdleTimeout'>;
    /** Takes the requests: a server with the application on it. */
    server(): Server;
}
/** Where the inner requests go. */
export declare const backgroundPath = "/v1/responses";
export declare class BackgroundAnswers {
    #private;
    constructor(options: BackgroundAnswersOptions);
    /**
     * Answers a request whose body has been read, at once or with a stream that its client may leave.
     * @throws OpenCompatError for what cannot be made in the background
     */
    start(req: Request, res: Response): void;
    /** Running, or ended a short while ago. Undefined for all others, and for another owner. */
    find(owner: string, id: string): BackgroundRun | undefined;
    /**
     * A stored answer as it stands: one that was being made here when the server ended has failed.
     * @throws never
     */
    settle(response: ResponseObject): ResponseObject;
    /** Stops one and keeps nothing of it. */
    discard(owner: string, id: string): void;
    /** Takes no more; those that run may go on. */
    drain(): void;
    /** Resolves when none runs. */
    settled(): Promise<void>;
    /** Fails those that still run. */
    close(): void;
}
