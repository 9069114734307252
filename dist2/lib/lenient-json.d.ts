/** Reads foreign JSON leniently: a field of the wrong type counts as absent. */
export type Json = Record<string, unknown>;
export declare function asObject(value: unknown): Json | undefined;
/** Undefined for the empty text too: an empty field carries no information here. */
export declare function asText(value: unknown): string | undefined;
/** Undefined for what is no JSON. */
export declare function parseLeniently(text: string): unknown;
export declare function parseObject(text: string): Json | undefined;
