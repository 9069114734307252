/** Shortens the id of a tool call if it is too long. The call and its output get the same short id. */
export declare function shortenCallId(id: string, maxCharacters?: number): string;
/** Gives each id once: one that is taken gets a number behind it. As many steps as ids, also when all are the same. */
export declare class DistinctIds {
    #private;
    take(id: string): string;
}
