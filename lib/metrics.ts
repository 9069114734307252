import type { Registry } from 'prom-client';
import { loadPackage } from './load-package.ts';

/** Values of a metric's labels. */
export type Labels = Readonly<Record<string, string>>;

/** Each method takes its labels first, as prom-client does, or last. */
export interface CounterMetric {
  /** @param by default 1 */
  inc(labels: Labels, by?: number): void;
  inc(by?: number, labels?: Labels): void;
}

export interface HistogramMetric {
  observe(labels: Labels, value: number): void;
  observe(value: number, labels?: Labels): void;
}

export interface GaugeMetric {
  set(labels: Labels, value: number): void;
  set(value: number, labels?: Labels): void;
  /** @param by default 1 */
  inc(labels: Labels, by?: number): void;
  inc(by?: number, labels?: Labels): void;
  /** @param by default 1 */
  dec(labels: Labels, by?: number): void;
  dec(by?: number, labels?: Labels): void;
  /** Forgets the numbers of all labels. */
  clear(): void;
}

/** What a method of a metric is given: labels and a number, in either order. */
type Given = Labels | number | undefined;

/** Calls prom-client's method in its own order. */
function inOrder(call: (labels: Record<string, string>, value: number) => void, first: Given, second: Given): void {
  const [labels, value] = typeof first === 'object' ? [first, second] : [second, first];
  call((labels ?? {}) as Record<string, string>, (value as number | undefined) ?? 1);
}

/** Where plugins count and measure. Names: `opencompat_<noun>_<unit>`; the same name twice is the same metric. */
export interface Metrics {
  counter(name: string, help: string, labelNames?: readonly string[]): CounterMetric;
  /** A number that goes up and down. */
  gauge(name: string, help: string, labelNames?: readonly string[]): GaugeMetric;
  histogram(name: string, help: string, buckets: readonly number[], labelNames?: readonly string[]): HistogramMetric;
  /** In the Prometheus text format, with the numbers of the process itself. */
  render(): Promise<string>;
}

/** Keeps the values of a label to so many: names beyond them are counted together, as `other`. */
export class LabelNames {
  readonly #known = new Set<string>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** @param isProven false: a name that is not known yet does not become known by this, as when only a client has said it */
  fold(name: string, isProven = true): string {
    if (this.#known.has(name)) return name;
    if (!isProven || this.#known.size >= this.#most) return 'other';
    this.#known.add(name);
    return name;
  }
}

/** Between two looks at the event loop's delay, in milliseconds: rare enough to leave an idle process asleep. */
const delayLookMs = 100;

function atFirstUse<T>(create: () => T): () => T {
  let value: T | undefined;
  return () => {
    value ??= create();
    return value;
  };
}

/** prom-client is loaded when the first number is counted, not when the server starts; the process is measured from the first scrape on. */
export function createMetrics(): Metrics {
  const prom = () => loadPackage<typeof import('prom-client')>('prom-client');
  const registry = atFirstUse((): Registry => new (prom().Registry)());
  const counters = new Map<string, CounterMetric>();
  const gauges = new Map<string, GaugeMetric>();
  const histograms = new Map<string, HistogramMetric>();
  /** Those that have counted nothing yet are shown too: a rule on a metric that is missing never fires. */
  const opens: (() => unknown)[] = [];
  const measureProcess = atFirstUse(() => {
    prom().collectDefaultMetrics({ register: registry(), eventLoopMonitoringPrecision: delayLookMs });
    return true;
  });
  return {
    counter(name, help, labelNames = []) {
      let metric = counters.get(name);
      if (!metric) {
        const counter = atFirstUse(() => new (prom().Counter)({ name, help, labelNames, registers: [registry()] }));
        metric = {
          inc: (...[first, second]: Given[]) => inOrder((...given) => counter().inc(...given), first, second),
        };
        counters.set(name, metric);
        opens.push(counter);
      }
      return metric;
    },
    gauge(name, help, labelNames = []) {
      let metric = gauges.get(name);
      if (!metric) {
        const gauge = atFirstUse(() => new (prom().Gauge)({ name, help, labelNames, registers: [registry()] }));
        metric = {
          set: (...[first, second]: Given[]) => inOrder((...given) => gauge().set(...given), first, second),
          inc: (...[first, second]: Given[]) => inOrder((...given) => gauge().inc(...given), first, second),
          dec: (...[first, second]: Given[]) => inOrder((...given) => gauge().dec(...given), first, second),
          clear: () => gauge().reset(),
        };
        gauges.set(name, metric);
        opens.push(gauge);
      }
      return metric;
    },
    histogram(name, help, buckets, labelNames = []) {
      let metric = histograms.get(name);
      if (!metric) {
        const histogram = atFirstUse(
          () => new (prom().Histogram)({ name, help, buckets: [...buckets], labelNames, registers: [registry()] }),
        );
        metric = {
          observe: (...[first, second]: Given[]) => inOrder((...given) => histogram().observe(...given), first, second),
        };
        histograms.set(name, metric);
        opens.push(histogram);
      }
      return metric;
    },
    render() {
      measureProcess();
      for (const open of opens) open();
      return registry().metrics();
    },
  };
}
