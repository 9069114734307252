import { defineRoute } from '../lib/server/route.ts';

/** Counters and times in the Prometheus text format; behind the client keys, as they tell who uses what. */
export default defineRoute({
  method: 'get',
  path: '/metrics',
  through: 'rate-limit',
  createHandler({ metrics }) {
    return async function showMetrics(_req, res) {
      res.type('text/plain; version=0.0.4').send(await metrics.render());
    };
  },
});
