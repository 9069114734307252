import { findSpentAliases } from '../lib/models/spent-aliases.ts';
import { defineRoute } from '../lib/server/route.ts';

/** Counters and times in the Prometheus text format; behind the client keys, as they tell who uses what. */
export default defineRoute({
  method: 'get',
  path: '/metrics',
  through: 'rate-limit',
  createHandler({ config, metrics, providers, availability, reloads }) {
    const readiness = metrics.gauge(
      'opencompat_provider_ready',
      'Can the provider answer? 0 when its sign-in has ended. Providers without a sign-in are left out.',
      ['provider'],
    );
    const unsaved = metrics.gauge(
      'opencompat_sign_in_unsaved',
      '1 while a renewed sign-in could not be saved, as on a full disk: a restart would end it.',
      ['provider'],
    );

    function measureReadiness(): void {
      // A reload may have removed some.
      readiness.clear();
      unsaved.clear();
      for (const provider of providers) {
        const { isReady, hasCredentials, warning } = provider.readiness();
        if (!hasCredentials) continue;
        readiness.set(isReady ? 1 : 0, { provider: provider.name });
        unsaved.set(warning === undefined ? 0 : 1, { provider: provider.name });
      }
    }

    const aliasReadiness = metrics.gauge(
      'opencompat_alias_ready',
      'Can a model of the alias answer? 0 when each of them is out of quota or over a limit.',
      ['alias'],
    );

    function measureAliases(): void {
      const spent = findSpentAliases(config.aliases, providers, availability);
      aliasReadiness.clear();
      for (const alias of Object.keys(config.aliases)) aliasReadiness.set(spent.has(alias) ? 0 : 1, { alias });
    }

    const refused = metrics.gauge(
      'opencompat_config_refused',
      '1 while the configuration on disk has a fault, so that the one before is in use.',
    );
    const takenAt = metrics.gauge(
      'opencompat_config_taken_timestamp_seconds',
      'When the configuration in use was taken up, in Unix time.',
    );

    function measureConfig(): void {
      const { refusal, takenAtMs } = reloads.state;
      refused.set(refusal ? 1 : 0);
      takenAt.set(takenAtMs / 1000);
    }

    return async function showMetrics(_req, res) {
      measureConfig();
      measureReadiness();
      measureAliases();
      res.type('text/plain; version=0.0.4').send(await metrics.render());
    };
  },
});
