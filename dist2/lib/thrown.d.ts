/**
 * Reading what was thrown. Foreign code throws anything: nothing at all, a text, an error whose cause leads back to itself, an
 * object that throws again when it is read. The functions here never throw: the last error boundary rests on them.
 */
/** `instanceof`, also for a value that throws when it is asked (a Proxy). */
export declare function isA<T>(value: unknown, type: abstract new (...given: never[]) => T): value is T;
/** '' for all but errors. */
export declare function stackOf(thrown: unknown): string;
/** The stack of an error, and those of its causes. */
export declare function describeThrown(thrown: Error): string;
/** Undefined where reading throws. */
export declare function readSafely<T>(read: () => T): T | undefined;
