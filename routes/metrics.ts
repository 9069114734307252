import { OpenCompatError } from '../lib/errors.ts';
import { createKeyCheck } from '../lib/key-check.ts';
import { defineRoute } from '../lib/server/route.ts';
import { createStateMetrics } from '../lib/server/state-metrics.ts';
import { presentedKey } from '../middleware/client-auth.ts';

/**
 * Counters and times in the Prometheus text format. They tell who uses what, so they are behind `metricsToken`, else behind the
 * client keys.
 */
export default defineRoute({
  method: 'get',
  path: '/metrics',
  through: ({ metricsToken }) => (metricsToken ? 'cors' : 'rate-limit'),
  createHandler(services) {
    const { config, metrics } = services;
    const isToken = createKeyCheck(config.metricsToken?.reveal());
    const measure = createStateMetrics(services);
    return async function showMetrics(req, res) {
      if (config.metricsToken && !isToken(presentedKey(req))) {
        throw new OpenCompatError('OC_METRICS_TOKEN', {}, { headers: { 'www-authenticate': 'Bearer' } });
      }
      measure();
      res.type('text/plain; version=0.0.4').send(await metrics.render());
    };
  },
});
