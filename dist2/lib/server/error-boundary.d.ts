import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
export interface ErrorBoundaryOptions {
    /** Logs the error. @returns false for a plugin's error, which ends nothing else */
    report(error: unknown): boolean;
    /** Answers a request with an error, if it can still be answered. */
    answer(error: unknown, req: IncomingMessage, res: ServerResponse): void;
}
export interface ErrorBoundary {
    /** Puts the boundary around every connection of a server, before other listeners see it. */
    guardServer(server: Server): void;
    /** Puts it around every request that a listener takes. */
    guardRequests(listener: RequestListener): RequestListener;
    /**
     * Fails the request or the connection whose code has just thrown, in an `uncaughtException` or `unhandledRejection` listener.
     * @returns false when it was outside every request and connection
     */
    failBehind(error: unknown): boolean;
}
export declare function createErrorBoundary({ report, answer }: ErrorBoundaryOptions): ErrorBoundary;
