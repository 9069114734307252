/** Pictures by their first bytes: what clients say of their kind is often another one, or nothing. */
/** The kind of a picture in base64, as its media type says it after `image/`; undefined for one that is not known here. */
export declare function pictureKind(base64: string): string | undefined;
/** The data URL of a drawn picture. @param format as OpenAI names it: `png`, `svg` */
export declare function toPictureUrl(format: unknown, base64: string): string;
/** A picture's address; a data URL with the media type that its first bytes tell, in the name that upstreams know. */
export declare function toTrueDataUrl(url: string): string;
/**
 * Messages of Chat Completions or Messages, or items of the Responses API, that are passed on: unchanged but for labels of
 * pictures that lie. Strict upstreams refuse a label that is not the picture's (Anthropic, Gemini; seen 2026), no other
 * reads it.
 */
export declare function withTruePictures(entries: readonly unknown[]): unknown[];
