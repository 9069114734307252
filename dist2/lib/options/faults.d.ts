export interface Fault {
    /** `middleware[1].options.max`; '' when it concerns no single key. */
    readonly path: string;
    /** Line of the configuration file, from 1. */
    readonly line?: number;
    /** Where the value was given when that is not the file: `OPENCOMPAT_PORT`, `--port`. */
    readonly source?: string;
    /** The value at fault as it may be printed; absent when showing it would not help, or might show a secret. */
    readonly value?: unknown;
    /** Reads on behind the path: "must be a whole number". */
    readonly reason: string;
    /** The valid name that was probably meant. */
    readonly nearest?: string;
    /** Stable code of a check that compares several keys; the documentation lists them. */
    readonly code?: string;
}
/** Appends a key or an index to a path: `middleware[1]`, `aliases["gpt-4.1"]`. */
export declare function joinPath(path: string, step: string | number): string;
/** The path one step up; '' above the first. */
export declare function parentPath(path: string): string;
/** The valid name that `wanted` probably stands for, in any case and with any separators. */
export declare function nearestName(wanted: string, names: readonly string[]): string | undefined;
/** One line: place, path and value, reason, the name that was probably meant. */
export declare function describeFault({ path, line, source, value, reason, nearest, code }: Fault, file: string | undefined): string;
/** A configuration that cannot be used. The message is the whole list, one line for each fault. */
export declare class ConfigError extends Error {
    readonly name = "ConfigError";
    readonly faults: readonly Fault[];
    /** The configuration file, if one was read. */
    readonly file: string | undefined;
    constructor(faults: readonly Fault[], file?: string);
}
/**
 * Waits for all of several checks of one configuration.
 * @throws ConfigError with the faults of all of them; else the first other error
 */
export declare function gatherFaults<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]>;
