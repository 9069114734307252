import type { CanonicalRequest } from '../../canonical/types.ts';
import { type CopilotBody, type CopilotBodyContext } from './responses.ts';
/** @throws OpenCompatError as `toChatBody` */
export declare function toCopilotChatBody(asked: CanonicalRequest, context: CopilotBodyContext): CopilotBody;
