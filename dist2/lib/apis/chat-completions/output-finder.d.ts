import type { Json } from '../../lenient-json.ts';
/** Joins outputs to calls by id, in order: some models reuse an id. */
export declare class OutputFinder {
    #private;
    constructor(items: readonly Json[]);
    /** Finds the output of a call; [-1, undefined] for a call without one, which the model is then told. */
    findFor({ call_id }: Json, callIndex: number): [outputIndex: number, output: Json | undefined];
    isClaimed(index: number): boolean;
}
