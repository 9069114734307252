/** What the demo model says: a pure function of the request, so that the same question always gets the same answer. */
import type { CanonicalRequest, ReasoningEffort } from '../../canonical/types.ts';
interface DemoCall {
    type: 'function_call' | 'custom_tool_call';
    name: string;
    /** JSON text of a function's arguments, or a custom tool's plain input. */
    input: string;
}
export interface DemoReply {
    /** The parts of the reasoning summary; empty for none. */
    reasoning: string[];
    text: string;
    calls: DemoCall[];
}
export declare function replyTo(request: CanonicalRequest, effort: ReasoningEffort): DemoReply;
export {};
