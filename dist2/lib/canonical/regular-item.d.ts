/** An item of an answer that is being made regular, with the texts in it. */
import { type Json } from '../lenient-json.ts';
import { type RunKind, type TextRun } from './text-run.ts';
/** The kind of text that is the input of a call. */
export declare const inputKinds: Readonly<Record<string, RunKind>>;
/** Items that wait for their call's id and name: clients read both only from the first event of a call. */
export declare const namedCalls: ReadonlySet<unknown>;
/** Items whose text comes in deltas. */
export declare const textItems: ReadonlySet<unknown>;
/** `response.web_search_call.searching` belongs to an item of type `web_search_call`. */
export declare const itemTypeOfEvent: RegExp;
export declare class RegularItem {
    readonly index: number;
    readonly id: string;
    readonly type: string;
    /** The upstream's ids for it. */
    readonly upstreamIds: Set<string>;
    /** By the upstream's index of the part. */
    readonly parts: Map<number, TextRun>;
    readonly summaries: Map<number, TextRun>;
    input: TextRun | undefined;
    /** As last shown to the client. */
    shown: Json;
    isDone: boolean;
    constructor(index: number, id: string, shown: Json);
    noteId(id: unknown): void;
}
/** The upstream's id if it is usable and still free, else one made from `answerId`. Adds it to `taken`. */
export declare function toItemId({ id, type }: Json, index: number, answerId: string, taken: Set<string>): string;
/** An item as it begins, without its text: the text comes in deltas, even where the upstream sent some of it at once. */
export declare function toOpenItem(source: Json, id: string): Json;
/** Size of what an item holds besides the streamed texts, such as a picture, in characters. */
export declare function measureItem(source: Json): number;
/**
 * Matches the items that a terminal event lists with the streamed ones. Their order and ids may differ from the stream's: an
 * item is matched by its id or its call's id, else it is the next of its type.
 */
export declare function matchItems(listed: readonly Json[], streamed: readonly RegularItem[]): (readonly [Json, RegularItem | undefined])[];
