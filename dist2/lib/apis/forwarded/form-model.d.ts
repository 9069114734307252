/**
 * Finds the field `model` in a form (multipart/form-data, RFC 7578, https://www.rfc-editor.org/rfc/rfc7578) while it comes, and
 * changes nothing else in it. Pure.
 */
/** The boundary that a media type names (RFC 2046 §5.1.1, https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1). */
export declare function boundaryOf(contentType: string): string | undefined;
/** Where the value of the field stands, in bytes from the start of the form. */
export interface FoundModel {
    readonly name: string;
    readonly start: number;
    readonly end: number;
}
/** Reads a form piece by piece until the field has come. */
export declare class FormModel {
    #private;
    constructor(boundary: string);
    /** @returns the field, once it is complete */
    take(part: Buffer): FoundModel | undefined;
}
