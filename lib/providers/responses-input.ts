/** Prepares input items for a backend of the Responses API that stores nothing: no server ids, no references. */
import { isServerState } from '../apis/chat-completions/server-state.ts';
import { readKeptThinking } from '../apis/messages/kept-thinking.ts';
import { toTrueDataUrl } from '../apis/pictures.ts';
import type { CanonicalInputItem } from '../canonical/types.ts';
import { OpenCompatError } from '../errors.ts';
import { type ToolNames, toAcceptedId, toAcceptedName } from './tool-names.ts';

/** Any item or content part, seen as what came over the wire. */
export type Loose = { type?: string; [key: string]: unknown };

export function isMessage(item: Loose): boolean {
  return item.type === 'message' || (item.type === undefined && typeof item.role === 'string');
}

/** Is it a message with instructions rather than one of the conversation? */
export function isInstruction(item: Loose): boolean {
  return isMessage(item) && (item.role === 'system' || item.role === 'developer');
}

/** Is it reasoning that a server of another API gave and only that may be given back? */
export function isKeptForOthers({ encrypted_content: encrypted }: Loose): boolean {
  return isServerState(encrypted) || readKeptThinking(encrypted) !== undefined;
}

/** The keys of `from` that are named and not null, in that order. */
export function pick(from: Loose, keys: readonly string[]): Loose {
  const picked: Loose = {};
  for (const key of keys) if (from[key] !== undefined && from[key] !== null) picked[key] = from[key];
  return picked;
}

function refuse(param: string, reason: string): never {
  throw new OpenCompatError('OC_UNSUPPORTED_VALUE', { reason }, { param });
}

/** A content part by its own allow-list; annotations, log probabilities and cache breakpoints are refused by such backends. */
function toBackendPart(part: Loose, param: string, title: string): Loose {
  switch (part.type) {
    case 'input_text':
    case 'output_text':
      return pick(part, ['type', 'text']);
    case 'refusal':
      return pick(part, ['type', 'refusal']);
    case 'input_image':
      // `sediment://` is how ChatGPT's own clients name uploaded files; here it is refused like a file id.
      if (typeof part.image_url !== 'string' || part.image_url.startsWith('sediment:')) {
        return refuse(`${param}.image_url`, `${title} takes images as an https URL or a data URL.`);
      }
      return { ...pick(part, ['type', 'detail']), image_url: toTrueDataUrl(part.image_url) };
    case 'input_file':
      return pick(part, ['type', 'file_id', 'file_url', 'file_data', 'filename', 'detail']);
    case 'input_audio':
      return refuse(param, "ChatGPT takes no audio: leave out the part of the type 'input_audio'.");
    default:
      return refuse(`${param}.type`, `${title} takes no content of the type '${part.type}'.`);
  }
}

function toBackendParts(content: unknown, textType: string, param: string, title: string): Loose[] {
  if (typeof content === 'string') return [{ type: textType, text: content }];
  if (!Array.isArray(content)) return [];
  return content.map((part: Loose, index) => toBackendPart(part, `${param}[${index}]`, title));
}

function toBackendOutput(output: unknown, param: string, title: string): unknown {
  return Array.isArray(output) ? toBackendParts(output, 'input_text', param, title) : output;
}

/**
 * One item, or undefined where it must be left out. `title`: the provider's, for messages.
 * @throws OpenCompatError for references to stored items, and for content that the backend refuses
 */
export function toBackendItem(
  source: CanonicalInputItem,
  index: number,
  names: ToolNames,
  title: string,
): Loose | undefined {
  const item = source as unknown as Loose;
  const param = `input[${index}]`;
  if (isMessage(item)) {
    const role = item.role === 'system' ? 'developer' : item.role;
    const content = toBackendParts(
      item.content,
      role === 'assistant' ? 'output_text' : 'input_text',
      `${param}.content`,
      title,
    );
    return { type: 'message', role, content, ...pick(item, ['phase']) };
  }
  const callId = typeof item.call_id === 'string' ? { call_id: toAcceptedId(item.call_id) } : {};
  const name = typeof item.name === 'string' ? { name: names.toBackend(item.name) } : {};
  switch (item.type) {
    case 'item_reference':
      return refuse(
        param,
        `An item_reference cannot be resolved: ${title} stores nothing. Send the item itself (with \`store: false\`).`,
      );
    case 'reasoning':
      // A backend that stores nothing can use only its encrypted form.
      if (typeof item.encrypted_content !== 'string' || item.encrypted_content === '') return undefined;
      if (isKeptForOthers(item)) return undefined;
      return {
        type: 'reasoning',
        summary: Array.isArray(item.summary) ? item.summary : [],
        encrypted_content: item.encrypted_content,
      };
    case 'function_call':
      return { type: item.type, ...callId, ...name, ...pick(item, ['arguments', 'namespace']) };
    case 'custom_tool_call':
      return { type: item.type, ...callId, ...name, ...pick(item, ['input', 'namespace']) };
    case 'function_call_output':
    case 'custom_tool_call_output':
      return { type: item.type, ...callId, output: toBackendOutput(item.output, `${param}.output`, title) };
    default: {
      const { id: _id, status: _status, created_by: _createdBy, ...rest } = item;
      return { ...rest, ...callId };
    }
  }
}

/** The format of a text, with a name that is accepted; undefined for plain text. */
export function toBackendFormat(format: Loose | undefined): Loose | undefined {
  if (format?.type === 'json_object') return { type: 'json_object' };
  if (format?.type !== 'json_schema') return undefined;
  return {
    type: 'json_schema',
    name: toAcceptedName(String(format.name ?? 'answer')),
    ...pick(format, ['description', 'schema', 'strict']),
  };
}
