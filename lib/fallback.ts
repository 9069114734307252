import type { Availability } from './availability.ts';
import { OpenCompatError } from './errors.ts';
import type { Exchange } from './middleware.ts';

/**
 * After a failure and before the first byte: turns the exchange to the next model of its alias that can be asked, with its
 * upstream request built anew. false: there is none, or no other model could do better.
 */
export function turnToFallback(exchange: Exchange, error: unknown, availability: Availability): boolean {
  if (!(error instanceof OpenCompatError)) return false;
  const failed = exchange.model;
  availability.note(failed, error);
  if (!error.isForOthers || exchange.signal.aborted) return false;
  for (;;) {
    const [next, ...others] = exchange.fallbacks;
    if (!next) return false;
    exchange.fallbacks = others;
    if (availability.blockedBy(next)) continue;
    exchange.model = next;
    if (next.effort)
      exchange.request = { ...exchange.request, reasoning: { ...exchange.request.reasoning, effort: next.effort } };
    exchange.log.warn('turned to the next model of the alias', {
      model: failed.requested,
      failed: `${failed.provider.name}/${failed.id}`,
      error: error.code,
      next: `${next.provider.name}/${next.id}`,
    });
    try {
      exchange.buildUpstream();
      return true;
    } catch (cause) {
      // What this provider cannot be asked, a further one may.
      if (!(cause instanceof OpenCompatError)) throw cause;
    }
  }
}
