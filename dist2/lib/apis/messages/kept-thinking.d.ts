/**
 * A thinking block of Anthropic's as the encrypted form of a reasoning item: its text and its signature go back together, even
 * if the client's API keeps only a part of the item.
 */
import { ValueBudget } from '../../bounded-json.ts';
import { type Json } from '../../lenient-json.ts';
export declare function keepThinking(block: Json): string;
/** The block as it came; undefined for reasoning of another backend, or what no longer is one. */
export declare function readKeptThinking(encrypted: unknown, budget?: ValueBudget): Json | undefined;
