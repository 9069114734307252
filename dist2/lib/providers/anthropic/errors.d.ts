/** Turns the refusals of Anthropic's API into errors for the client. Pure. */
import { OpenCompatError } from '../../errors.ts';
import type { UpstreamAnswer } from '../provider.ts';
/** @param body at most 64 KiB of the answer, as text */
export declare function anthropicError(title: string, status: number, headers: UpstreamAnswer['headers'], body: string, nowMs: number): OpenCompatError;
