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
export declare class LabelNames {
    #private;
    constructor(most: number);
    /** @param isProven false: a name that is not known yet does not become known by this, as when only a client has said it */
    fold(name: string, isProven?: boolean): string;
}
/** prom-client is loaded when the first number is counted, not when the server starts; the process is measured from the first scrape on. */
export declare function createMetrics(): Metrics;
