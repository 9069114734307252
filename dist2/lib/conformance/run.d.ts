import type { Rule } from './check.ts';
import { type ServerOptions } from './server.ts';
export interface Result extends Rule {
    readonly suite: string;
    readonly verdict: 'passed' | 'failed' | 'skipped';
    /** How the rule was broken, or why it does not apply. */
    readonly reason?: string;
}
/**
 * @param names of suites
 * @param only ids of checks. Default: all
 * @param tell each result, as soon as it is there
 */
export declare function runSuites(options: ServerOptions, names: readonly string[], only: ReadonlySet<string> | undefined, tell?: (result: Result) => void): Promise<Result[]>;
/** A failed `must`; or a suite of which nothing passed, which says that its API is not there. */
export declare function isConforming(results: readonly Result[]): boolean;
