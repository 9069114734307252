/** Decides how long to wait before asking a failed sign-in server again. */
import type { OpenCompatError } from '../errors.ts';
/** Who wants to ask: a client's request, or the schedule, which renews tokens ahead of requests. */
export type Asker = 'request' | 'schedule';
/** Waits 5 s after the first failure and twice as long after each further one. */
export declare class BackOff {
    #private;
    /** @param now Unix milliseconds */
    constructor(now: () => number);
    /**
     * Starts a wait after a failure.
     * @param error thrown to callers during the wait, with the remaining time
     * @param toldMs the wait that the server itself asked for, in milliseconds
     * @returns how long a request waits, in milliseconds
     */
    start(error: OpenCompatError, toldMs?: number): number;
    /** The server has answered without failure. */
    end(): void;
    /** The last failure, with the seconds to wait for; undefined when the server may be asked. */
    errorFor(asker: Asker): OpenCompatError | undefined;
}
