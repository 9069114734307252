/** Counts what may happen thousands of times a second, and tells of it now and then. */
export declare class EventSum {
    #private;
    /** @param tell is called with the number of events, `intervalMs` milliseconds after the first of them */
    constructor(intervalMs: number, tell: (count: number) => void);
    add(): void;
}
