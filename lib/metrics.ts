import type { Registry } from 'prom-client';
import { loadPackage } from './load-package.ts';

export interface CounterMetric {
  inc(by?: number, labels?: Record<string, string>): void;
}

export interface HistogramMetric {
  observe(value: number, labels?: Record<string, string>): void;
}

export interface GaugeMetric {
  set(value: number, labels?: Record<string, string>): void;
  /** Forgets the numbers of all labels. */
  clear(): void;
}

/** Where middleware counts and measures. Names: `opencompat_<noun>_<unit>`; the same name twice is the same metric. */
export interface Metrics {
  counter(name: string, help: string, labelNames?: readonly string[]): CounterMetric;
  /** A number that goes up and down. */
  gauge(name: string, help: string, labelNames?: readonly string[]): GaugeMetric;
  histogram(name: string, help: string, buckets: readonly number[], labelNames?: readonly string[]): HistogramMetric;
  /** In the Prometheus text format. */
  render(): Promise<string>;
}

function atFirstUse<T>(create: () => T): () => T {
  let value: T | undefined;
  return () => {
    value ??= create();
    return value;
  };
}

/** prom-client is loaded when the first number is counted, not when the server starts. */
export function createMetrics(): Metrics {
  const prom = () => loadPackage<typeof import('prom-client')>('prom-client');
  const registry = atFirstUse((): Registry => new (prom().Registry)());
  const counters = new Map<string, CounterMetric>();
  const gauges = new Map<string, GaugeMetric>();
  const histograms = new Map<string, HistogramMetric>();
  return {
    counter(name, help, labelNames = []) {
      let metric = counters.get(name);
      if (!metric) {
        const counter = atFirstUse(() => new (prom().Counter)({ name, help, labelNames, registers: [registry()] }));
        metric = { inc: (by = 1, labels = {}) => counter().inc(labels, by) };
        counters.set(name, metric);
      }
      return metric;
    },
    gauge(name, help, labelNames = []) {
      let metric = gauges.get(name);
      if (!metric) {
        const gauge = atFirstUse(() => new (prom().Gauge)({ name, help, labelNames, registers: [registry()] }));
        metric = { set: (value, labels = {}) => gauge().set(labels, value), clear: () => gauge().reset() };
        gauges.set(name, metric);
      }
      return metric;
    },
    histogram(name, help, buckets, labelNames = []) {
      let metric = histograms.get(name);
      if (!metric) {
        const histogram = atFirstUse(
          () => new (prom().Histogram)({ name, help, buckets: [...buckets], labelNames, registers: [registry()] }),
        );
        metric = { observe: (value, labels = {}) => histogram().observe(labels, value) };
        histograms.set(name, metric);
      }
      return metric;
    },
    render: () => registry().metrics(),
  };
}
