/** The metrics of what the server is at the moment: measured when somebody asks for them, and never otherwise. */
import { findSpentAliases } from '../models/spent-aliases.ts';
import { measureQuota } from '../quota/quota-metrics.ts';
import { version } from '../version.ts';
import type { RouteServices } from './route.ts';

type Measured = Pick<
  RouteServices,
  | 'config'
  | 'metrics'
  | 'providers'
  | 'availability'
  | 'quotas'
  | 'reloads'
  | 'running'
  | 'ledger'
  | 'responses'
  | 'redis'
>;

/** @returns measures all of it */
export function createStateMetrics(services: Measured): () => void {
  const measures = [
    measureBuild,
    measureProviders,
    measureAliases,
    measureConfig,
    measureRunning,
    measureStores,
    measureQuota,
  ];
  const all = measures.map((create) => create(services));
  return () => {
    for (const measure of all) measure();
  };
}

function measureBuild({ metrics }: Measured): () => void {
  const build = metrics.gauge('opencompat_build_info', 'Always 1; the labels tell the versions', ['version', 'node']);
  return () => build.set(1, { version, node: process.versions.node });
}

function measureProviders({ metrics, providers }: Measured): () => void {
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
  const renewedAt = metrics.gauge(
    'opencompat_sign_in_renewed_timestamp_seconds',
    'When the sign-in in use was made or last refreshed, in Unix time.',
    ['provider'],
  );
  return () => {
    // A reload may have removed some.
    for (const gauge of [readiness, unsaved, renewedAt]) gauge.clear();
    for (const { name: provider, ...state } of providers.map((each) => ({ name: each.name, ...each.readiness() }))) {
      const { isReady, hasCredentials, warning, renewedAtMs } = state;
      if (!hasCredentials) continue;
      readiness.set(isReady ? 1 : 0, { provider });
      unsaved.set(warning === undefined ? 0 : 1, { provider });
      if (renewedAtMs !== undefined) renewedAt.set(renewedAtMs / 1000, { provider });
    }
  };
}

function measureAliases({ metrics, config, providers, availability }: Measured): () => void {
  const readiness = metrics.gauge(
    'opencompat_alias_ready',
    'Can a model of the alias answer? 0 when each of them is out of quota or over a limit.',
    ['alias'],
  );
  return () => {
    const spent = findSpentAliases(config.aliases, providers, availability);
    readiness.clear();
    for (const alias of Object.keys(config.aliases)) readiness.set(spent.has(alias) ? 0 : 1, { alias });
  };
}

function measureConfig({ metrics, reloads }: Measured): () => void {
  const refused = metrics.gauge(
    'opencompat_config_refused',
    '1 while the configuration on disk has a fault, so that the one before is in use.',
  );
  const takenAt = metrics.gauge(
    'opencompat_config_taken_timestamp_seconds',
    'When the configuration in use was taken up, in Unix time.',
  );
  const waiting = metrics.gauge(
    'opencompat_config_waiting_keys',
    'Keys of the configuration that have changed and count after a restart.',
  );
  return () => {
    const { state } = reloads;
    refused.set(state.refusal ? 1 : 0);
    takenAt.set(state.takenAtMs / 1000);
    waiting.set(state.waiting.length);
  };
}

function measureRunning({ metrics, running }: Measured): () => void {
  const requests = metrics.gauge('opencompat_requests_running', 'Requests that have not ended', ['api']);
  const streams = metrics.gauge('opencompat_streams_open', 'Streamed answers that have begun and not ended', ['api']);
  return () => {
    requests.clear();
    streams.clear();
    const counts = new Map<string, { requests: number; streams: number }>();
    for (const { api, isStreaming, timings } of running()) {
      if (!api) continue;
      const count = counts.get(api.name) ?? { requests: 0, streams: 0 };
      count.requests += 1;
      if (isStreaming && timings.firstByteMs !== undefined) count.streams += 1;
      counts.set(api.name, count);
    }
    for (const [api, count] of counts) {
      requests.set(count.requests, { api });
      streams.set(count.streams, { api });
    }
  };
}

function measureStores({ metrics, ledger, responses, redis }: Measured): () => void {
  const ledgerBytes = ledger && metrics.gauge('opencompat_ledger_bytes', 'Size of the ledger of requests on disk');
  const ledgerFault =
    ledger && metrics.gauge('opencompat_ledger_failing', '1 while the usage of requests cannot be recorded');
  const stored = responses && metrics.gauge('opencompat_stored_responses', 'Stored answers in memory');
  const storedBytes =
    responses && metrics.gauge('opencompat_stored_responses_bytes', 'Their size, as `responsesMaxBytes` counts it');
  const redisUp = redis && metrics.gauge('opencompat_redis_up', '0 while the shared state cannot be reached');
  return () => {
    ledgerBytes?.set(ledger!.sizeBytes());
    ledgerFault?.set(ledger!.fault === undefined ? 0 : 1);
    stored?.set(responses!.size.entries);
    storedBytes?.set(responses!.size.bytes);
    redisUp?.set(redis!.isUp ? 1 : 0);
  };
}
