import { OpenCompatError } from '../../errors.ts';
import type { UpstreamAnswer } from '../provider.ts';
import { type CopilotPath } from './backend.ts';
/**
 * A non-2xx answer of the Copilot backend, or of GitHub, as an error for the client. Never throws, and shows nothing of a
 * body but a cleaned message.
 * @param body at most 64 KiB of the answer, as text; some are JSON under another media type
 */
export declare function copilotError(status: number, headers: UpstreamAnswer['headers'], body: string, nowMs?: number): OpenCompatError;
/** The path that the model does not support; undefined for other refusals. */
export declare function refusedPath({ public: { code, message } }: OpenCompatError): CopilotPath | 'unnamed' | undefined;
