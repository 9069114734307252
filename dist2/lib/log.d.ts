export type LogLevel = 'error' | 'warn' | 'info' | 'debug';
export type LogFields = Record<string, unknown>;
/** The project's logger. Test `isDebug` before building a debug line on a hot path. */
export interface Logger {
    readonly isDebug: boolean;
    error(message: string, fields?: LogFields): void;
    warn(message: string, fields?: LogFields): void;
    info(message: string, fields?: LogFields): void;
    debug(message: string, fields?: LogFields): void;
    /** A logger that adds the fields to every line. */
    child(fields: LogFields): Logger;
}
/** How lines are written, and which. */
export interface LogStyle {
    level: LogLevel;
    format: 'text' | 'json';
}
/** The logger of a server; a reload may change its style, and that of all its children. */
export interface RootLogger extends Logger {
    restyle(style: LogStyle): void;
}
/** A logger that writes one line per entry to standard error (standard output belongs to the commands). */
export declare function createLogger({ stream, ...given }: LogStyle & {
    stream?: NodeJS.WritableStream;
}): RootLogger;
