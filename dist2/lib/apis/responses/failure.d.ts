import type { CanonicalEvent } from '../../canonical/types.ts';
import { OpenCompatError } from '../../errors.ts';
/** A failure as a server of the Responses API describes it, without its envelope. Every field may be missing. */
export interface FailureFacts {
    code?: unknown;
    type?: unknown;
    message?: unknown;
    /** An HTTP status, at some servers. */
    status?: unknown;
    param?: unknown;
    /** Unix seconds at which a spent quota comes back (ChatGPT). */
    resets_at?: unknown;
    resets_in_seconds?: unknown;
    plan_type?: unknown;
}
/** Seconds to wait, from words: "try again in 1.5s", "… in 20ms", "… in 6m0s", "… in 2 minutes". */
export declare function readWaitFromMessage(message: string): number | undefined;
/**
 * A failure that the upstream described, as an error for the client; undefined when it says too little to be classified.
 * @param times seconds to wait as the response's headers say; the time now, for a wait given as a date
 */
export declare function toFailureError(facts: FailureFacts, providerTitle: string, { retryAfterS, nowMs }?: {
    retryAfterS?: number;
    nowMs?: number;
}): OpenCompatError | undefined;
/**
 * The error that a `response.failed` or `error` event stands for. `error` comes flat (`{code, message, param}`, as
 * documented) and nested (`{error: {…}}`, as several servers send it); its code may be null.
 */
export declare function errorFromFailedEvent(event: CanonicalEvent, providerTitle: string): OpenCompatError;
