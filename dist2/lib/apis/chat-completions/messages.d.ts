import type { CanonicalInputItem } from '../../canonical/types.ts';
import type { ChatMessage } from './message-schema.ts';
/**
 * @throws OpenCompatError OC_ORPHAN_TOOL_OUTPUT for an output without a call, OC_INVALID_VALUE for a call without an
 * output (upstreams refuse both), OC_UNSUPPORTED_PARAMETER for uploaded files
 */
export declare function toInput(messages: readonly ChatMessage[]): CanonicalInputItem[];
