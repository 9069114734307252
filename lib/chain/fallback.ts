import { OpenCompatError } from '../errors.ts';
import type { Availability } from '../models/availability.ts';
import type { ResolvedModel } from '../providers/provider.ts';
import { isA } from '../thrown.ts';
import type { Exchange } from './middleware.ts';

/**
 * After a failure and before the first byte: switches the exchange to the next model of its alias that can be asked, with a new
 * upstream request. false: no model is left, or no other model could do better.
 */
export function turnToFallback(exchange: Exchange, error: unknown, availability: Availability): boolean {
  if (!isA(error, OpenCompatError)) return false;
  let failed = exchange.model;
  availability.note(failed, error);
  exchange.noteTrial({ model: failed, error });
  if (!(error.isForOthers || isJudgement(failed, error)) || exchange.signal.aborted) return false;
  for (;;) {
    const [next, ...others] = exchange.fallbacks;
    if (!next) return false;
    exchange.fallbacks = others;
    if (availability.blockedBy(next)) continue;
    exchange.model = next;
    changeEffort(exchange, failed, next);
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
      // Another provider may accept what this one cannot take.
      if (!(cause instanceof OpenCompatError)) throw cause;
      exchange.noteTrial({ model: next, error: cause });
      failed = next;
    }
  }
}

/** Did an unlisted model turn out to be missing? The next provider may have it. */
function isJudgement({ isUnlisted }: ResolvedModel, { code }: OpenCompatError): boolean {
  return isUnlisted === true && code === 'OC_UPSTREAM_MODEL_NOT_FOUND';
}

/** The effort of a suffix is for its own model only. An effort that a plugin has set stays. */
function changeEffort(exchange: Exchange, failed: ResolvedModel, next: ResolvedModel): void {
  const { request, askedEffort } = exchange;
  const before = failed.effort ?? askedEffort;
  const after = next.effort ?? askedEffort;
  if (after === before || request.reasoning?.effort !== before) return;
  const { effort: _, ...reasoning } = request.reasoning ?? {};
  exchange.request = { ...request, reasoning: { ...reasoning, ...(after != null && { effort: after }) } };
}
