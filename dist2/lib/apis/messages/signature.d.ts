/**
 * The signature of a thinking block carries the reasoning that the upstream needs back, behind a mark of our own: clients send
 * signatures back unchanged, so reasoning outlives a turn although the server stores nothing.
 */
export interface SignedReasoning {
    /** As the upstream gave it. */
    encrypted?: string | null;
    /** The reasoning's text, where the client does not see it and so cannot send it back. */
    text?: string;
}
export declare function toSignature({ encrypted, text }: SignedReasoning): string;
/** Undefined for a signature that was not made here. */
export declare function fromSignature(signature: string | null | undefined): SignedReasoning | undefined;
