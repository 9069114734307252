/** Anthropic's tools and tool choice → canonical ones. */
import type { CanonicalRequest } from '../../canonical/types.ts';
import type { RequestContext } from '../api.ts';
import type { MessagesRequest } from './schema.ts';
/** @throws OpenCompatError for a tool that is not served here, and for an impossible choice */
export declare function addTools(body: MessagesRequest, request: CanonicalRequest, { ignore }: RequestContext): void;
