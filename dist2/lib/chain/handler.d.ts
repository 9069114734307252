import type { NextFunction, Request, Response } from 'express';
/** An ordinary Express handler. */
export type Handler = (req: Request, res: Response, next: NextFunction) => void | Promise<void>;
