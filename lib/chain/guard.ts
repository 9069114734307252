import type { NextFunction, Request, Response } from 'express';
import { OpenCompatError } from '../errors.ts';
import type { HttpExchange } from './exchange.ts';
import type { Handler, Middleware } from './middleware.ts';
import { asNamedError } from './named-error.ts';

/**
 * Wraps a box so that its faults cost one request and are reported by its name: throwing, rejecting, calling `next` twice,
 * never answering.
 * @param timeoutMs time to answer or call `next`; 0 = no limit
 */
export function guardHandler(
  handler: Handler,
  { name, mayWait }: Middleware,
  { timeoutMs, isPlugin }: { timeoutMs: number; isPlugin: boolean },
): Handler {
  const limitMs = mayWait ? 0 : timeoutMs;

  return function guarded(req: Request, res: Response, next: NextFunction) {
    const exchange = req.exchange as HttpExchange;
    let isDone = false;
    let timer: NodeJS.Timeout | undefined;

    function finish(error?: unknown): void {
      if (isDone) {
        // An error after `next()` can only be logged; a second `next()` would run the chain twice.
        exchange.log.error('a middleware failed, or called next() again, after next()', { middleware: name, error });
        return;
      }
      isDone = true;
      clearTimeout(timer);
      if (error === undefined) next();
      else next(asNamedError(error, name));
    }

    exchange.box = name;
    exchange.isPluginAtWork = isPlugin;
    try {
      const pending = handler(req, res, finish as NextFunction);
      if (isPromise(pending))
        pending.catch((error: unknown) => finish(error ?? new Error('rejected without a reason')));
    } catch (error) {
      finish(error ?? new Error('threw nothing'));
    }

    if (!isDone && limitMs > 0 && !res.writableEnded) {
      timer = setTimeout(() => {
        if (!res.headersSent)
          finish(new OpenCompatError('OC_MIDDLEWARE_TIMEOUT', { middleware: name, seconds: limitMs / 1000 }));
      }, limitMs);
      res.once('close', () => clearTimeout(timer));
    }
  };
}

function isPromise(value: unknown): value is Promise<void> {
  return typeof (value as Promise<void> | undefined)?.catch === 'function';
}
