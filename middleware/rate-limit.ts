import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { defineMiddleware, type Request } from '../lib/chain/middleware.ts';
import { OpenCompatError } from '../lib/errors.ts';
import { SharedRateLimitStore } from '../lib/usage/rate-limit-store.ts';

const windowMs = 60_000;

/** A duration as OpenAI writes it in its headers: `6m0s`, `1s`, `20ms`. */
export function formatReset(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))}ms`;
  const seconds = Math.ceil(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  return minutes > 0 ? `${minutes}m${seconds % 60}s` : `${seconds}s`;
}

/** Limits requests by client key, else by address (IPv6 by its /56), with express-rate-limit and OpenAI's headers and error. */
export default defineMiddleware({
  name: 'rate-limit',
  after: ['client-auth'],
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      perMinute: { type: 'integer', minimum: 0, description: 'Requests a minute; 0 = off. Default: `rateLimit`.' },
    },
  },
  create({ perMinute }, { config, redis }) {
    const limit = perMinute ?? config.rateLimit;
    if (limit === 0) return (_req, _res, next) => next();

    const limiter = rateLimit({
      windowMs,
      limit,
      standardHeaders: false,
      legacyHeaders: false,
      ...(redis && { store: new SharedRateLimitStore(redis) }),
      // The hash of a key never equals an address.
      keyGenerator: (req: Request) => {
        const { clientId } = req.exchange;
        return clientId === req.ip ? ipKeyGenerator(clientId) : `key ${clientId}`;
      },
      handler: (req, res, next) => {
        const resetMs = setHeaders(req, res);
        const retryAfterS = Math.max(1, Math.ceil(resetMs / 1000));
        next(new OpenCompatError('OC_RATE_LIMITED', { limit, retryAfterS }, { retryAfterS }));
      },
    });

    function setHeaders(req: Request, res: { setHeader(name: string, value: string): unknown }): number {
      const info = (req as Request & { rateLimit?: { remaining: number; resetTime?: Date } }).rateLimit;
      const resetMs = info?.resetTime ? info.resetTime.getTime() - Date.now() : windowMs;
      res.setHeader('x-ratelimit-limit-requests', String(limit));
      res.setHeader('x-ratelimit-remaining-requests', String(info?.remaining ?? 0));
      res.setHeader('x-ratelimit-reset-requests', formatReset(resetMs));
      return resetMs;
    }

    return function limitRate(req, res, next) {
      return limiter(req, res, (error?: unknown) => {
        if (error === undefined) setHeaders(req, res);
        next(error);
      });
    };
  },
});
