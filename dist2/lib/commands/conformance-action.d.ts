import type { CheckOptions } from './check-action.ts';
export interface ConformanceOptions extends CheckOptions {
    suite?: string[];
    embeddingsModel?: string;
    only?: string;
    list?: true;
    json?: true;
    junit?: string;
}
/** Checks a server against what its APIs promise. Exit status 1: it breaks a `must`. @throws ConfigError */
export declare function runConformance(options: ConformanceOptions, flags: object): Promise<void>;
