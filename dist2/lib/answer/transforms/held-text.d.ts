/** Holds back the end of a growing text for as long as it may change with what follows. */
/** The text of one part of an answer. */
export interface HeldText {
    /** @returns what can go on */
    take(text: string): string;
    /** @returns the rest */
    end(): string;
}
/** Gives on whole words. */
export declare class WordText implements HeldText {
    #private;
    constructor(change: (text: string) => string);
    take(text: string): string;
    end(): string;
}
/** Gives on what no match can begin in any more, with the matches replaced. */
export declare class PatternText implements HeldText {
    #private;
    /** @throws RangeError for a `maxLength` out of range */
    constructor(pattern: RegExp, maxLength: number | undefined, replace: (match: string) => string);
    take(text: string): string;
    end(): string;
}
