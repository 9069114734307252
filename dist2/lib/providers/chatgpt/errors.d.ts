import { OpenCompatError } from '../../errors.ts';
import type { UpstreamAnswer } from '../provider.ts';
export declare function isInstructionsRefusal({ code, public: { message } }: OpenCompatError): boolean;
/**
 * A non-2xx answer of the ChatGPT backend as an error for the client. Never throws, and shows nothing of a body but a
 * cleaned message: no HTML, tokens, account ids or addresses.
 * @param body at most 64 KiB of the answer, as text
 */
export declare function chatGptError(status: number, headers: UpstreamAnswer['headers'], body: string, nowMs?: number): OpenCompatError;
