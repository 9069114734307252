import { type Json } from '../../lenient-json.ts';
import { type ReasoningTextField, type StateSource } from './server-state.ts';
/** What a server needs back, gathered from the pieces of its answer. */
export declare class SealedState {
    #private;
    /**
     * @param source the server that sent it; absent: only encrypted reasoning is kept, as the rest can only go back to a known
     * server
     */
    constructor(answerId: string, source: StateSource | undefined);
    /** Reasoning text has come in this field. */
    noteText(field: ReasoningTextField): void;
    noteOpaque(opaque: unknown): void;
    /** Pieces of one detail come one after another: joins their texts, and keeps their other fields. */
    addDetail(detail: Json): void;
    noteMessage(message: Json): void;
    /** Notes the fields of a call that are the server's own. @returns the call, with an id where it had none to note them by */
    noteCall(given: unknown, { idAt }: {
        idAt(index: unknown): string | undefined;
    }): unknown;
    /** The state so far, where there is more of it than at the last time. */
    write(): string | undefined;
    /** What comes from here on belongs to the next item. */
    reset(): void;
}
