/** Lists of models as Anthropic's clients read them. */
import type { ReasoningEffort } from '../../canonical/types.ts';
/** The facts of a model, under any of its names. */
interface ModelFacts {
    id: string;
    displayName?: string;
    /** Unix seconds; 0: not known. */
    createdS: number;
    /** Tokens. */
    contextWindow?: number;
    /** Tokens. */
    maxOutputTokens?: number;
    /** Weakest first. */
    efforts: readonly ReasoningEffort[];
    inputModalities?: readonly string[];
    /** Unix seconds. */
    deprecatedAtS?: number;
    retiresAtS?: number;
}
export declare function toModelObject(facts: ModelFacts): object;
/** One page of a list, by the query's `limit`, `after_id` and `before_id`; invalid values are ignored. */
export declare function toModelPage(models: readonly ModelFacts[], { limit, after_id, before_id }: Readonly<Record<string, unknown>>): object;
export {};
