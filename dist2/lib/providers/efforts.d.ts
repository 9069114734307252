import { type ReasoningEffort } from '../canonical/types.ts';
/** The known ones of a list of efforts, weakest first. */
export declare function sortEfforts(names: unknown): ReasoningEffort[];
/**
 * The effort of a list that is nearest to the requested one: the same, else the next weaker one. Undefined where all are
 * stronger.
 * @param efforts weakest first
 */
export declare function atMost(asked: ReasoningEffort, efforts: readonly ReasoningEffort[]): ReasoningEffort | undefined;
