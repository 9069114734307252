import type { Secret } from '../secret.ts';
export interface Sealer {
    /** @param place where the text will stand; it can be opened only for the same place */
    seal(text: string, place: string): string;
    /** @throws Error for a text that was sealed with another key, for another place, or changed since */
    open(sealed: string, place: string): string;
}
export interface SealerOptions {
    /**
     * Is a text for one place sealed the same each time? Then its nonce is made of both (as in SIV, RFC 5297,
     * https://www.rfc-editor.org/rfc/rfc5297), and who sees two sealed texts knows whether they are equal. Default false.
     */
    isRepeatable?: boolean;
}
/** What it seals is of the characters of base64url. */
export declare function createSealer(secret: Secret, { isRepeatable }?: SealerOptions): Sealer;
