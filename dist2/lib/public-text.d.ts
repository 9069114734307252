/** Makes text of clients, upstreams, files and plugins safe for its place: an answer, a header, a log line. */
/** Where something stands in a text: UTF-16 units, `end` behind the last. */
export interface TextSpan {
    readonly start: number;
    readonly end: number;
}
/** The secrets and personal data in a text of any length, which may hold JSON. They may overlap. */
export declare function secretSpans(text: string): TextSpan[];
/**
 * What an upstream wrote, for a client: without markup, secrets and personal data. '' for values other than text, and for pages
 * of HTML.
 */
export declare function publicText(value: unknown): string;
/**
 * A text for the value of a header (RFC 9110 §5.5, https://www.rfc-editor.org/rfc/rfc9110#section-5.5): visible ASCII, other
 * characters as percent-encoded UTF-8, at most `maxBytes`.
 */
export declare function headerText(text: string, maxBytes?: number): string;
/** Names for a header, separated by commas; those that do not fit are counted: `a, b, and 4998 more`. */
export declare function headerList(names: Iterable<string>): string;
/** A text for a log line: characters that could end the line or act on a terminal become escapes (`\u001b`). */
export declare function logText(text: string): string;
/** Somebody's sentence as the value of a log field: shortened, and without anything that looks like another field (`status=200`). */
export declare function logSentence(text: string): string;
