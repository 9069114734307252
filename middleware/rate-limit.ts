import { ipKeyGenerator, MemoryStore, rateLimit } from 'express-rate-limit';
import { chargeKey, tellLimit } from '../lib/chain/charge-key.ts';
import { defineMiddleware, type Exchange, type Request, type Response } from '../lib/chain/middleware.ts';
import { OpenCompatError } from '../lib/errors.ts';
import { SharedRateLimitStore } from '../lib/usage/rate-limit-store.ts';

const windowMs = 60_000;

function hasLimits({ clientKey }: Exchange): boolean {
  return clientKey !== undefined && clientKey.limits.length > 0;
}

/** As express-rate-limit keeps it. */
interface Count {
  remaining: number;
  resetTime?: Date;
}

function limitReached(limit: number, resetMs: number): OpenCompatError {
  const retryAfterS = Math.max(1, Math.ceil(resetMs / 1000));
  return new OpenCompatError('OC_RATE_LIMITED', { limit, retryAfterS }, { retryAfterS });
}

/**
 * Limits requests by client key, else by address (IPv6 by its /56), with express-rate-limit and OpenAI's headers and error; and
 * what a client key uses, by its own limits.
 */
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
  create({ perMinute }, { config, redis, keyCharging, lasting }) {
    const limit = perMinute ?? config.rateLimit;
    if (limit === 0) {
      return ({ exchange }, res, next) => {
        if (hasLimits(exchange)) exchange.charge = () => chargeKey(exchange, res, keyCharging);
        next();
      };
    }

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
        next(limitReached(limit, tellRest(res, (req as Request & { rateLimit?: Count }).rateLimit)));
      },
    });

    /** @returns milliseconds until the count begins anew */
    function tellRest(res: Response, count: Count | undefined): number {
      const resetMs = count?.resetTime ? count.resetTime.getTime() - Date.now() : windowMs;
      tellLimit(res, 'requests', limit, count?.remaining ?? 0, resetMs);
      return resetMs;
    }

    /** Each is counted, also those beyond the limit. @throws OpenCompatError OC_RATE_LIMITED */
    async function chargeFurther(req: Request, res: Response, requests: number): Promise<void> {
      const key = keyOf(req);
      const counts = await Promise.all(Array.from({ length: requests }, () => store.increment(key)));
      const last = counts.reduce((most, count) => (count.totalHits > most.totalHits ? count : most));
      const resetMs = tellRest(res, { ...last, remaining: Math.max(0, limit - last.totalHits) });
      if (last.totalHits > limit) throw limitReached(limit, resetMs);
    }

    /** The request itself has been counted when it came. */
    function charge(req: Request, res: Response): Promise<void> | undefined {
      const { exchange } = req;
      const further = exchange.answers - 1;
      const charged = further > 0 ? chargeFurther(req, res, further) : undefined;
      if (!hasLimits(exchange)) return charged;
      return charged
        ? charged.then(() => chargeKey(exchange, res, keyCharging))
        : chargeKey(exchange, res, keyCharging);
    }

    return function limitRate(req, res, next) {
      req.exchange.charge = () => charge(req, res);
      if (req.exchange.isCounted) return next();
      return limiter(req, res, (error?: unknown) => {
        if (error === undefined) tellRest(res, (req as Request & { rateLimit?: Count }).rateLimit);
        next(error);
      });
    };
  },
});
