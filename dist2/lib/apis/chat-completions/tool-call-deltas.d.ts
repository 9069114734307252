/** Tool calls as servers stream them → calls of the canonical form. Servers agree on little here. */
import type { EventWriter } from '../../canonical/event-writer.ts';
export declare class ToolCallDeltas {
    #private;
    constructor(writer: EventWriter, answerId: string);
    get isEmpty(): boolean;
    /** The id of the call that comes in pieces with this index. */
    readonly idAt: (index: unknown) => string | undefined;
    /**
     * @param isWhole each entry is a whole call rather than a piece
     * @throws SyntaxError for an invalid call
     */
    read(value: unknown, isWhole: boolean): void;
    /** The form that preceded `tool_calls`: one call, without an id. */
    readLegacy(value: unknown, isWhole: boolean): void;
    /** Called before other content: ends the calls whose arguments are complete. Pieces of the others may still come. */
    closeComplete(): void;
    /** @throws SyntaxError for a call that has never been named */
    finish(): void;
}
