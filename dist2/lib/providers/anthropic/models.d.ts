/** Parses `GET /v1/models` of Anthropic and of servers of its API. Pure. */
import type { MessagesBodyOptions } from '../../apis/messages/upstream-request.ts';
import { type Json } from '../../lenient-json.ts';
import type { ModelInfo } from '../provider.ts';
export interface AnthropicModel extends ModelInfo {
    /** How it is asked to think. */
    thinking: MessagesBodyOptions['thinking'];
}
/** Skips malformed entries and retired models. Never throws. */
export declare function parseModels(text: string): AnthropicModel[];
/** Servers that list no capabilities know the older way of thinking; what they refuse is learned. */
export declare function toModelInfo(id: string, entry?: Json): AnthropicModel;
