export interface DiffLine {
    readonly kind: 'same' | 'added' | 'removed';
    readonly text: string;
}
/** Two texts, line by line: what both have is `same`. */
export declare function diffLines(before: string, after: string): DiffLine[];
