import type { Request, Response } from 'express';
import type { ClientApi } from '../apis/api.ts';
import type { Logger } from '../log.ts';
/**
 * The one place that answers with an error: as JSON with its status while nothing has been sent, or without it where a client
 * that waits was given the head already; as the API's error event in a stream. A JSON answer that has been sent in part is cut
 * off.
 * @param apis the APIs that are served, for errors of paths outside them
 */
export declare function answerWithError(thrown: unknown, req: Request, res: Response, { log, apis }: {
    log: Logger;
    apis: readonly ClientApi[];
}): void;
