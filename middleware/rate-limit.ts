import { ipKeyGenerator, MemoryStore, rateLimit } from 'express-rate-limit';
import { defineMiddleware, type Request, type Response } from '../lib/chain/middleware.ts';
import { OpenCompatError } from '../lib/errors.ts';
import { SharedRateLimitStore } from '../lib/usage/rate-limit-store.ts';

const windowMs = 60_000;

/** As express-rate-limit keeps it. */
interface Count {
  remaining: number;
  resetTime?: Date;
}

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
  create({ perMinute }, { config, redis, lasting }) {
    const limit = perMinute ?? config.rateLimit;
    if (limit === 0) return (_req, _res, next) => next();

    const store = lasting.open(
      'counts',
      perMinute,
      () => (redis ? new SharedRateLimitStore(redis) : new MemoryStore()),
      (counts) => counts.shutdown(),
    );
    /** The hash of a key never equals an address. */
    function keyOf(req: Request): string {
      const { clientId } = req.exchange;
      return clientId === req.ip ? ipKeyGenerator(clientId) : `key ${clientId}`;
    }

    const limiter = rateLimit({
      windowMs,
      limit,
      standardHeaders: false,
      legacyHeaders: false,
      store,
      // After a reload the next limiter goes on with the counts of this one.
      validate: { unsharedStore: false },
      keyGenerator: keyOf,
      handler: (req, res, next) => {
        next(limitReached(tellRest(res, (req as Request & { rateLimit?: Count }).rateLimit)));
      },
    });

    function limitReached(resetMs: number): OpenCompatError {
      const retryAfterS = Math.max(1, Math.ceil(resetMs / 1000));
      return new OpenCompatError('OC_RATE_LIMITED', { limit, retryAfterS }, { retryAfterS });
    }

    /** @returns milliseconds until the count begins anew */
    function tellRest(res: Response, count: Count | undefined): number {
      const resetMs = count?.resetTime ? count.resetTime.getTime() - Date.now() : windowMs;
      res.setHeader('x-ratelimit-limit-requests', String(limit));
      res.setHeader('x-ratelimit-remaining-requests', String(count?.remaining ?? 0));
      res.setHeader('x-ratelimit-reset-requests', formatReset(resetMs));
      return resetMs;
    }

    /** Each is counted, also those beyond the limit. @throws OpenCompatError OC_RATE_LIMITED */
    async function charge(req: Request, res: Response, requests: number): Promise<void> {
      const key = keyOf(req);
      const counts = await Promise.all(Array.from({ length: requests }, () => store.increment(key)));
      const last = counts.reduce((most, count) => (count.totalHits > most.totalHits ? count : most));
      const resetMs = tellRest(res, { ...last, remaining: Math.max(0, limit - last.totalHits) });
      if (last.totalHits > limit) throw limitReached(resetMs);
    }

    return function limitRate(req, res, next) {
      return limiter(req, res, (error?: unknown) => {
        if (error === undefined) {
          tellRest(res, (req as Request & { rateLimit?: Count }).rateLimit);
          req.exchange.charge = (requests) => charge(req, res, requests);
        }
        next(error);
      });
    };
  },
});
