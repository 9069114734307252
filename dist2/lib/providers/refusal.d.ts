/** The common part of all upstreams' refusals: reading their text, and mapping their status to an error. */
import { type FailureFacts } from '../apis/responses/failure.ts';
import { OpenCompatError } from '../errors.ts';
import type { UpstreamAnswer } from './provider.ts';
/** A non-2xx answer, read. All texts are fit to be shown to the client. */
export interface Refusal {
    /** The provider's, for messages. */
    title: string;
    status: number;
    /** As the upstream wrote them. */
    facts: FailureFacts;
    /** The upstream's message; may be empty. */
    message: string;
    /** The message, or a replacement if it is empty. */
    reason: string;
    param: string | undefined;
    /** The upstream's own code. */
    publicCode: string | undefined;
    retryAfterS: number | undefined;
    nowMs: number;
}
/** @param nowMs Unix time in milliseconds, for a wait given as a date */
export declare function readRefusal(title: string, { status, headers }: {
    status: number;
    headers: UpstreamAnswer['headers'];
}, facts: FailureFacts, nowMs: number): Refusal;
/** A list of faults as FastAPI writes it: `[{loc, msg}, …]`. Some servers call the text `message`, or give nothing but texts. */
export declare function readFaults(list: readonly unknown[]): FailureFacts;
/** The error that a refusal's text describes; undefined if the text says too little. */
export declare function errorByWords({ facts, title, retryAfterS, nowMs }: Refusal): OpenCompatError | undefined;
/** The error that the status stands for, if the text of the refusal says too little. */
export declare function errorByStatus(refusal: Refusal): OpenCompatError;
