/** What the values are taken from where the schema leaves a choice. */
export interface SampleHints {
    /** The person's message: an enum's value that it mentions is preferred. */
    message: string;
    /** For strings without a format. */
    words: readonly string[];
    numbers: readonly number[];
}
/**
 * @param schema any JSON Schema of the kind that tools and structured outputs use: types, `enum`, `const`, objects, arrays,
 * `anyOf`, `oneOf`, `allOf`, `$ref` within the schema, formats, and limits of numbers, lengths and counts. Patterns are
 * satisfied only where a word of the message happens to.
 */
export declare function sampleOf(schema: unknown, hints: SampleHints): unknown;
