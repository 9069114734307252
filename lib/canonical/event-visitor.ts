/** Dispatches the regular events of an answer by kind: what the encoders of all APIs except Responses work with. */
import type { CanonicalEvent, CanonicalOutputItem, CanonicalResponse } from './types.ts';

type TextDelta = Extract<CanonicalEvent, { type: 'response.output_text.delta' }>;

export interface EventVisitor {
  /** The next piece of a part of text. */
  text(event: TextDelta): void;
  refusal(outputIndex: number, contentIndex: number, delta: string): void;
  /** @param isRaw the reasoning itself rather than a summary of it */
  reasoning(outputIndex: number, partIndex: number, isRaw: boolean, delta: string): void;
  /** The next piece of a call's arguments, or of the text that a custom tool is given. */
  callInput(outputIndex: number, delta: string): void;
  citation(outputIndex: number, contentIndex: number, annotation: unknown): void;
  itemAdded(outputIndex: number, item: CanonicalOutputItem): void;
  itemDone(outputIndex: number, item: CanonicalOutputItem): void;
  end(response: CanonicalResponse): void;
}

/** Skips events that such a client has no use for, and those that this version does not know. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a flat switch, one case for each event
export function visitEvent(event: CanonicalEvent, visitor: EventVisitor): void {
  switch (event.type) {
    case 'response.output_text.delta':
      visitor.text(event);
      break;
    case 'response.output_text.annotation.added':
      visitor.citation(event.output_index, event.content_index, event.annotation);
      break;
    case 'response.refusal.delta':
      visitor.refusal(event.output_index, event.content_index, event.delta);
      break;
    case 'response.reasoning_summary_text.delta':
      visitor.reasoning(event.output_index, event.summary_index, false, event.delta);
      break;
    case 'response.reasoning_text.delta':
      visitor.reasoning(event.output_index, event.content_index, true, event.delta);
      break;
    case 'response.function_call_arguments.delta':
    case 'response.custom_tool_call_input.delta':
      visitor.callInput(event.output_index, event.delta);
      break;
    case 'response.output_item.added':
      visitor.itemAdded(event.output_index, event.item);
      break;
    case 'response.output_item.done':
      visitor.itemDone(event.output_index, event.item);
      break;
    case 'response.completed':
    case 'response.incomplete':
      visitor.end(event.response);
      break;

    // The answer is only starting: nothing to show yet.
    case 'response.created':
    case 'response.queued':
    case 'response.in_progress':
    case 'response.content_part.added':
    case 'response.reasoning_summary_part.added':
    // All text has come in deltas.
    case 'response.output_text.done':
    case 'response.refusal.done':
    case 'response.content_part.done':
    case 'response.reasoning_summary_text.done':
    case 'response.reasoning_summary_part.done':
    case 'response.reasoning_text.done':
    case 'response.function_call_arguments.done':
    case 'response.custom_tool_call_input.done':
    // Tools that run upstream: the client does not call them; their results are in the text or in the finished item.
    case 'response.web_search_call.in_progress':
    case 'response.web_search_call.searching':
    case 'response.web_search_call.completed':
    case 'response.file_search_call.in_progress':
    case 'response.file_search_call.searching':
    case 'response.file_search_call.completed':
    case 'response.code_interpreter_call.in_progress':
    case 'response.code_interpreter_call.interpreting':
    case 'response.code_interpreter_call.completed':
    case 'response.code_interpreter_call_code.delta':
    case 'response.code_interpreter_call_code.done':
    case 'response.image_generation_call.in_progress':
    case 'response.image_generation_call.generating':
    case 'response.image_generation_call.partial_image':
    case 'response.image_generation_call.completed':
    case 'response.mcp_call.in_progress':
    case 'response.mcp_call.completed':
    case 'response.mcp_call.failed':
    case 'response.mcp_call_arguments.delta':
    case 'response.mcp_call_arguments.done':
    case 'response.mcp_list_tools.in_progress':
    case 'response.mcp_list_tools.completed':
    case 'response.mcp_list_tools.failed':
    case 'response.shell_call_command.added':
    case 'response.shell_call_command.delta':
    case 'response.shell_call_command.done':
    case 'response.shell_call_output_content.delta':
    case 'response.shell_call_output_content.done':
    case 'response.compaction.compacting':
    // No request translated here can ask for sound.
    case 'response.audio.delta':
    case 'response.audio.done':
    case 'response.audio.transcript.delta':
    case 'response.audio.transcript.done':
    // Failures are thrown before this.
    case 'response.failed':
    case 'error':
      break;
    default:
      event satisfies never;
  }
}
