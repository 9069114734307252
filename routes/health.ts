import type { OpenCompatError } from '../lib/errors.ts';
import { findSpentAliases } from '../lib/models/spent-aliases.ts';
import { describeFault } from '../lib/options/faults.ts';
import { lookAtProviders } from '../lib/providers/states.ts';
import type { ConfigState } from '../lib/server/config-state.ts';
import { defineRoute } from '../lib/server/route.ts';

/** The process is alive. */
export const health = defineRoute({
  method: 'get',
  path: '/health',
  through: 'security-headers',
  createHandler() {
    return function showHealth(_req, res) {
      res.json({ status: 'ok' });
    };
  },
});

/**
 * The server takes requests unless it is stopping. A sign-in that has ended does not take it out of service: clients then get
 * the server's own error, which says what to do, instead of a reverse proxy's. The body tells the operator the state of
 * each provider: `status` is `ready`, `degraded` (no provider can answer, or none of the models of an alias, each of them out of
 * quota) or `not ready` (the server is stopping).
 */
export const ready = defineRoute({
  method: 'get',
  path: '/ready',
  through: 'security-headers',
  createHandler({ config, providers, availability, redis, ledger, state, reloads }) {
    return async function showReadiness(_req, res) {
      const states = await lookAtProviders(providers);
      const spent = findSpentAliases(config.aliases, providers, availability);
      const canAnswer = spent.size === 0 && states.some((provider) => provider.isReady);
      res.status(state.isDraining ? 503 : 200).json({
        status: state.isDraining ? 'not ready' : canAnswer ? 'ready' : 'degraded',
        ...(state.isDraining && { reason: 'the server is shutting down' }),
        // Without it the server goes on with what it has in memory, so it is no reason to take it out of service.
        ...(redis && { redis: { ready: redis.isUp, ...(!redis.isUp && { reason: redis.reason }) } }),
        ...describeConfig(reloads.state),
        ...(ledger?.fault !== undefined && { usage: { ready: false, reason: ledger.fault } }),
        providers: Object.fromEntries(
          states.map(({ name, isReady, hasCredentials: signedIn, reason, warning }) => [
            name,
            {
              ready: isReady,
              ...(signedIn !== undefined && { signedIn }),
              ...(reason && { reason }),
              ...(warning && { warning }),
            },
          ]),
        ),
        ...(spent.size > 0 && { aliases: Object.fromEntries([...spent].map(describeSpent)) }),
      });
    };
  },
});

function describeSpent([alias, { message, retryAfterS }]: [string, OpenCompatError]): [string, object] {
  return [alias, { ready: false, reason: message, retry_after: Math.ceil(retryAfterS ?? 0) }];
}

/** Without values: whoever reaches the server may read this. */
function describeConfig({ refusal, waiting }: ConfigState): object {
  if (!refusal && waiting.length === 0) return {};
  const faults = refusal?.faults.map((fault) => describeFault({ ...fault, value: undefined }, refusal.file));
  return {
    configuration: {
      current: refusal === undefined,
      ...(refusal && {
        reason: 'The configuration on disk has a fault; the one before is in use.',
        refused_at: new Date(refusal.atMs).toISOString(),
        faults: faults?.length ? faults : ['The log says what failed.'],
      }),
      ...(waiting.length > 0 && { after_restart: waiting }),
    },
  };
}
