/** Reads the text out of `{"input": "…"}` from incomplete JSON, in pieces that may end anywhere. */
export declare class InputReader {
    #private;
    /** The text that the piece adds; '' once the JSON turns out to have another form. */
    read(piece: string): string;
}
