/** Items of the Responses API for which the other APIs of upstreams have no form. Pure. */
import { OpenCompatError } from '../errors.ts';
import type { Json } from '../lenient-json.ts';

/** Longest stretch of a client's text that a message repeats, in characters. */
const maxQuotedLength = 100;

/** Calls that ran at a provider, and their outputs: the texts hold their results. */
const hostedItems: ReadonlySet<string> = new Set([
  'apply_patch_call',
  'apply_patch_call_output',
  'code_interpreter_call',
  'computer_call',
  'computer_call_output',
  'file_search_call',
  'image_generation_call',
  'local_shell_call',
  'local_shell_call_output',
  'mcp_approval_request',
  'mcp_approval_response',
  'mcp_call',
  'mcp_list_tools',
  'shell_call',
  'shell_call_output',
  'tool_search_call',
  'tool_search_output',
  'web_search_call',
]);

/** What another service keeps of a conversation: without it, the model would not know what it was about. */
const keptItems: ReadonlySet<string> = new Set(['compaction', 'compaction_trigger', 'item_reference']);

/**
 * Leaves an item out where nothing is lost by it, and names it.
 * @throws OpenCompatError OC_UNSUPPORTED_VALUE for all others
 */
export function passOver(item: Json, param: string, ignore: (param: string) => void): void {
  const type = String(item.type).slice(0, maxQuotedLength);
  if (hostedItems.has(type)) {
    ignore(`input.${type}`);
    return;
  }
  const isKept = keptItems.has(type);
  const reason = isKept
    ? `The upstream keeps no conversations: an item of the type '${type}' means nothing to it.`
    : `Items of the type '${type}' are not known.`;
  throw new OpenCompatError('OC_UNSUPPORTED_VALUE', { reason }, { param: isKept ? param : `${param}.type` });
}
