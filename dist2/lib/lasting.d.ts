import type { Logger } from './log.ts';
export interface Lasting {
    /**
     * The part of this name that has been opened with equal facts, else the one that `open` gives.
     * @param facts what the part depends on, as JSON has it: with other facts it is opened anew
     * @param close is called when the server stops, or no configuration in use has the part any more
     */
    open<T>(name: string, facts: unknown, open: () => T, close?: (part: Awaited<T>) => void | Promise<void>): T;
}
/** The parts of one owner, such as one configuration: closed together, but for those that somebody else uses too. */
export interface LastingScope extends Lasting {
    /** For an owner with an end of its own. */
    fork(): LastingScope;
    /** Closes the parts that nobody else uses, the last first. Failures are logged. */
    close(): Promise<void>;
}
export declare function openLasting(log: Pick<Logger, 'error'>): LastingScope;
/** Keeps the names of one owner from those of all others. */
export declare function withinLasting(lasting: Lasting, owner: string): Lasting;
