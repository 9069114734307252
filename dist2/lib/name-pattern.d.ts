/** Patterns of names, as the configuration has them: `*` stands for any text, or none. */
/** Matches piece by piece, each at its first place: every pattern costs one walk along the name. */
export declare function fitsPattern(name: string, pattern: string): boolean;
/** The longest pattern that fits; of two of one length the one that comes first. */
export declare function longestFit(name: string, patterns: Iterable<string>): string | undefined;
