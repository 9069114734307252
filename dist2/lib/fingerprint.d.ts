/** A text that two values share if they are equal: secrets by their texts, functions by identity. It reveals nothing. */
export declare function fingerprint(value: unknown): string;
