/** What upstreams have said about their models that no list tells. In memory, bounded, and forgotten with the process. */
import type { ReasoningTextField } from '../apis/chat-completions/server-state.ts';
import type { ReasoningEffort } from '../canonical/types.ts';
import type { OpenCompatError } from '../errors.ts';
import type { AmendContext } from './provider.ts';
import { type RefusedFields } from './refused-fields.ts';
/** Words about models. */
export declare class ModelNotes {
    #private;
    /** @returns whether that is new */
    add(model: string, note: string): boolean;
    forget(model: string): void;
    of(model: string): ReadonlySet<string>;
}
/** What a model takes of the fields of a request. */
export interface TakenFields {
    /** To be left out. */
    readonly omit: ReadonlySet<string>;
    /** The words of `reasoning_effort` that it takes, weakest first; undefined: all, as far as is known. */
    readonly efforts: readonly ReasoningEffort[] | undefined;
    /** The field without which it refuses tool calls. */
    readonly reasoning?: ReasoningTextField | undefined;
}
/** Fields that models have refused, so that they are asked without from then on. */
export declare class RefusalMemory {
    #private;
    constructor(now?: () => number);
    of(model: string): TakenFields;
    /** Remembers what a refusal says. @returns whether that is new, so that it is worth asking again */
    learn(error: OpenCompatError, { model, log, sent }: Pick<AmendContext, 'model' | 'log' | 'sent'>): boolean;
    /** @returns whether that is new */
    note(model: string, { fields, efforts, reasoning }: RefusedFields): boolean;
}
