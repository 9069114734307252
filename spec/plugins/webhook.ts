import { defineMiddleware, type Quota } from 'opencompat';

/** Tells a webhook of failures that the server or an upstream has caused, and of quota that runs out. Never content. */
export default defineMiddleware({
  name: 'webhook',
  after: ['access-log'],
  options: {
    type: 'object',
    additionalProperties: false,
    required: ['url'],
    properties: {
      url: { type: 'string', pattern: '^https?://' },
      quotaPercent: { type: 'number', minimum: 1, maximum: 100, default: 90 },
      /** Between two messages of one cause. */
      pauseS: { type: 'integer', minimum: 0, default: 300 },
    },
  },
  create({ url, quotaPercent, pauseS }, { log, lasting }) {
    const toldMs = lasting.open('told', {}, () => new Map<string, number>());

    async function tell(cause: string, facts: object): Promise<void> {
      const nowMs = Date.now();
      if (nowMs - (toldMs.get(cause) ?? Number.NEGATIVE_INFINITY) < pauseS * 1000) return;
      if (toldMs.size >= 1000) toldMs.clear();
      toldMs.set(cause, nowMs);
      try {
        const body = JSON.stringify({ cause, ...facts });
        const signal = AbortSignal.timeout(10_000);
        await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal });
      } catch (error) {
        log.warn('the webhook cannot be reached', { reason: (error as Error).message });
      }
    }

    const fullest = (quota?: Quota) =>
      Math.max(0, ...Object.values(quota?.windows ?? {}).map(({ usedPercent }) => usedPercent));

    return function watchEnd({ exchange }, _res, next) {
      exchange.onEnd(async ({ outcome, status, error }) => {
        const { id, resolvedModel, clientName } = exchange;
        const facts = { id, client: clientName, provider: resolvedModel?.provider.name, model: resolvedModel?.id };
        const isFault = outcome === 'failed' || outcome === 'upstream-failed' || outcome === 'signed-out';
        if (isFault || outcome === 'limited')
          await tell(`${outcome} ${error?.code}`, { ...facts, status, message: error?.message });
        const usedPercent = fullest(exchange.quota);
        if (usedPercent >= quotaPercent) await tell(`quota ${facts.provider}`, { ...facts, usedPercent });
      });
      next();
    };
  },
});
