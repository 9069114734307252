/** Null and nothing are no arguments; an object that was written as a text is that object; other text is kept as such. */
export declare function toInputObject(json: string): object;
/** Passes on the pieces of an object as they come, up to its end, and holds what does not begin as one. */
export declare class ToolInputStream {
    #private;
    /** What of the piece, and of what was held before it, can be passed on. */
    read(piece: string): string;
    /** The call has ended: what is left to be passed on. */
    finish(): string;
}
