import { OpenCompatError } from '../../errors.ts';
import type { UpstreamAnswer } from '../provider.ts';
/**
 * A non-2xx answer as an error for the client. Never throws, and shows nothing of a body but a cleaned message: no HTML and
 * no keys. A refused upstream key gets a message of our own, so that it cannot be mistaken for the client's key.
 * @param title the provider's, for messages
 * @param body at most 64 KiB of the answer, as text
 */
export declare function openAiCompatibleError(title: string, status: number, headers: UpstreamAnswer['headers'], body: string, nowMs?: number): OpenCompatError;
