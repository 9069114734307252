/** What `opencompat config` prints: each value and where it came from, secrets masked. */
import type { Origin } from './layers.ts';
import type { LoadedConfig } from './load.ts';
/** A box of a chain as the report names it; `origin` is `built-in`, or a plugin's path or package. */
export interface ReportedBox {
    readonly name: string;
    readonly origin: string;
}
/** Each API's chain in order. */
export type ReportedChains = Readonly<Record<string, readonly ReportedBox[]>>;
/** A provider as the report names it; `origin` is a built-in type, or a plugin's path or package. */
export interface ReportedProvider {
    readonly name: string;
    readonly origin: string;
}
/** The chains and providers that follow from the values. */
export interface ReportedParts {
    readonly chains?: ReportedChains;
    /** In the order in which they are asked. */
    readonly providers?: readonly ReportedProvider[];
    /** Where each alias leads, a line each, by the lists of models that were seen last. */
    readonly aliases?: readonly string[];
}
export interface ConfigReport extends ReportedParts {
    /** The configuration file that was read. */
    file: string | null;
    values: Record<string, {
        value: unknown;
        origin: Origin;
        place?: string;
    }>;
    dataDir: string;
    cacheDir: string;
    warnings: readonly string[];
}
/** The report as data. References to the environment are shown as written. */
export declare function createConfigReport(loaded: LoadedConfig, parts?: ReportedParts): ConfigReport;
/** The report as YAML, with comments that say where each value came from. */
export declare function formatConfigReport(report: ConfigReport): string;
