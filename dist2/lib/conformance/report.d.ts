/** What a run found: as a table, as JUnit's XML. */
import type { Result } from './run.ts';
/** A line for each suite; failures, and what was skipped by its reason, in detail. */
export declare function toTable(results: readonly Result[]): string;
/** https://github.com/testmoapp/junitxml. A failed `should` is told as skipped: it fails no build. */
export declare function toJUnit(results: readonly Result[]): string;
