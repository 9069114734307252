/** Anthropic's messages → canonical input items: in order, except that tool results come before the user's words. */
import type { ResponseInputContent } from 'openai/resources/responses/responses';
import type { CanonicalInputItem } from '../../canonical/types.ts';
import { OpenCompatError } from '../../errors.ts';
import { asObject } from '../../lenient-json.ts';
import { ToolArguments } from '../../tool-arguments.ts';
import { fromStatefulId } from '../call-id-state.ts';
import { isServerState } from '../chat-completions/server-state.ts';
import { isIdFromHere } from '../forwarded/object-ids.ts';
import type {
  AssistantBlock,
  DocumentBlock,
  ImageBlock,
  MessagesRequest,
  ShownBlock,
  TextBlock,
  ToolChangeBlock,
  ToolResultBlock,
} from './schema.ts';
import { fromSignature, type SignedReasoning } from './signature.ts';

/** Longest stretch of a client's text that a message repeats, in characters. */
const maxQuotedLength = 100;

/**
 * The first line of a block that Claude Code puts before its system text for Anthropic's accounting. It differs from call
 * to call, so that no prompt cache would ever hit, and the model has no use for it.
 */
const accountingLine = /^x-anthropic-billing-header\b[^\n]*\n?/i;

/** @throws OpenCompatError for tool results without a call and calls without a result, and for content not served here */
export function toInput({ system, messages }: Pick<MessagesRequest, 'system' | 'messages'>): CanonicalInputItem[] {
  const input: CanonicalInputItem[] = [];
  addInstructions(input, system ?? []);
  const calls = new Calls();
  const lastUser = messages.findLastIndex(({ role }) => role === 'user');

  messages.forEach((message, index) => {
    const param = `messages[${index}]`;
    switch (message.role) {
      case 'system':
        // Such instructions are for one turn.
        if (message.clear_at === 'next_user_message' && index < lastUser) break;
        addInstructions(input, message.content ?? []);
        break;
      case 'user':
        addUser(input, message.content, calls, `${param}.content`);
        break;
      case 'assistant':
        addAssistant(input, message.content, calls, `${param}.content`);
        break;
    }
  });

  calls.expectAnswers();
  if (input.every((item) => 'role' in item && item.role === 'developer')) {
    const reason = 'messages: at least one message with content is required';
    throw new OpenCompatError('OC_INVALID_VALUE', { reason }, { param: 'messages' });
  }
  return input;
}

interface Call {
  /** Where the calls with this id stand in the request: some models reuse an id. */
  places: string[];
  /** How many of them have their result: the first ones. */
  answered: number;
}

/** Upstreams refuse a call without a result as well as a result without a call. */
class Calls {
  readonly #calls = new Map<string, Call>();
  /** Of inputs that are texts. */
  readonly texts = new ToolArguments();

  add(id: string, param: string): void {
    const call = this.#calls.get(id);
    if (call) call.places.push(param);
    else this.#calls.set(id, { places: [param], answered: 0 });
  }

  answer(id: string, param: string): void {
    const call = this.#calls.get(id);
    if (!call || call.answered === call.places.length) {
      throw new OpenCompatError('OC_ORPHAN_TOOL_OUTPUT', { callId: id.slice(0, maxQuotedLength) }, { param });
    }
    call.answered += 1;
  }

  expectAnswers(): void {
    for (const [id, { places, answered }] of this.#calls) {
      const param = places[answered];
      if (param === undefined) continue;
      const reason = `Invalid '${param}': no later message has the tool_result of '${id.slice(0, maxQuotedLength)}'. Each tool_use must be followed by its tool_result.`;
      throw new OpenCompatError('OC_INVALID_VALUE', { reason }, { param });
    }
  }
}

function addInstructions(input: CanonicalInputItem[], content: string | (TextBlock | ToolChangeBlock)[]): void {
  const texts =
    typeof content === 'string' ? [content] : content.flatMap((block) => (block.type === 'text' ? block.text : []));
  const parts = texts
    .map((text) => text.replace(accountingLine, ''))
    .filter((text) => text !== '')
    .map((text) => ({ type: 'input_text' as const, text }));
  if (parts.length > 0) input.push({ type: 'message', role: 'developer', content: parts });
}

function addUser(
  input: CanonicalInputItem[],
  content: string | (ShownBlock | ToolResultBlock)[],
  calls: Calls,
  param: string,
): void {
  if (typeof content === 'string') {
    if (content !== '') input.push({ type: 'message', role: 'user', content: [{ type: 'input_text', text: content }] });
    return;
  }
  const parts: ResponseInputContent[] = [];
  content.forEach((block, index) => {
    const at = `${param}[${index}]`;
    if (block.type !== 'tool_result') {
      for (const part of toParts(block, at)) parts.push(part);
      return;
    }
    calls.answer(block.tool_use_id, `${at}.tool_use_id`);
    const output = toOutput(block, `${at}.content`);
    const item = { type: 'function_call_output', call_id: fromStatefulId(block.tool_use_id).callId, output };
    input.push(item as CanonicalInputItem);
  });
  if (parts.length > 0) input.push({ type: 'message', role: 'user', content: parts });
}

function toOutput({ content, is_error }: ToolResultBlock, param: string): string | ResponseInputContent[] {
  // The canonical form has no other field for it.
  const prefix = is_error ? 'Error: ' : '';
  if (typeof content === 'string') return prefix + content;
  const parts = (content ?? []).flatMap((block, index) => toParts(block, `${param}[${index}]`));
  if (parts.every((part) => part.type === 'input_text')) return prefix + parts.map(({ text }) => text).join('\n');
  return prefix ? [{ type: 'input_text', text: prefix.trim() }, ...parts] : parts;
}

/** @throws OpenCompatError OC_UNSUPPORTED_VALUE, OC_UNSUPPORTED_PARAMETER */
function toParts(block: ShownBlock, param: string): ResponseInputContent[] {
  switch (block.type) {
    case 'text':
      return toTextParts(block.text);
    case 'image':
      return [toImagePart(block, param)];
    case 'document':
      return toDocumentParts(block, param);
    case 'search_result': {
      const { title, source, content } = block;
      return toTextParts([`${title} (${source})`, ...content.flatMap(({ text }) => text ?? [])].join('\n'));
    }
    case 'tool_reference':
      return toTextParts(`Tool found: ${block.tool_name}`);
    default: {
      const { type } = block as { type: string };
      const reason = `Content of the type '${type.slice(0, maxQuotedLength)}' is not served here.`;
      throw new OpenCompatError('OC_UNSUPPORTED_VALUE', { reason }, { param: `${param}.type` });
    }
  }
}

function toTextParts(text: string): ResponseInputContent[] {
  return text === '' ? [] : [{ type: 'input_text', text }];
}

function toImagePart({ source }: ImageBlock, param: string): ResponseInputContent {
  switch (source.type) {
    case 'base64':
      return {
        type: 'input_image',
        image_url: `data:${source.media_type};base64,${source.data}`,
        detail: 'auto',
      };
    case 'url':
      return { type: 'input_image', image_url: source.url, detail: 'auto' };
    default:
      return { type: 'input_image', file_id: toFileId(source, param), detail: 'auto' };
  }
}

function toDocumentParts({ source, title, context }: DocumentBlock, param: string): ResponseInputContent[] {
  const about = [title, context].filter(Boolean).join('\n');
  switch (source.type) {
    case 'base64': {
      const mediaType = source.media_type ?? 'application/pdf';
      // Servers tell a file's kind by its name, so the name needs the right ending.
      const filename = title?.toLowerCase().endsWith('.pdf') ? title : `${title || 'document'}.pdf`;
      const file_data = `data:${mediaType};base64,${source.data}`;
      return [...toTextParts(context ?? ''), { type: 'input_file', filename, file_data }];
    }
    case 'url':
      return [...toTextParts(about), { type: 'input_file', file_url: source.url }];
    case 'text':
      return toTextParts([about, source.data].filter(Boolean).join('\n\n'));
    case 'content': {
      const { content } = source;
      const parts =
        typeof content === 'string'
          ? toTextParts(content)
          : content.flatMap((block, index) => toParts(block, `${param}.source.content[${index}]`));
      return [...toTextParts(about), ...parts];
    }
    default:
      return [...toTextParts(about), { type: 'input_file', file_id: toFileId(source, param) }];
  }
}

/** @throws OpenCompatError OC_UNSUPPORTED_VALUE for all but files that were uploaded here */
function toFileId({ type, file_id: id }: { type: string; file_id?: unknown }, param: string): string {
  if (type === 'file' && typeof id === 'string' && isIdFromHere('file', id)) return id;
  const reason =
    type === 'file'
      ? 'No file of this id was uploaded here; send the content as base64.'
      : `A source of the type '${type.slice(0, maxQuotedLength)}' is not served here.`;
  throw new OpenCompatError('OC_UNSUPPORTED_VALUE', { reason }, { param: `${param}.source.type` });
}

function addAssistant(
  input: CanonicalInputItem[],
  content: string | AssistantBlock[],
  calls: Calls,
  param: string,
): void {
  const blocks: AssistantBlock[] = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  let texts: object[] = [];
  let reasoning: CanonicalInputItem[] = [];
  /** Upstreams refuse reasoning without the output that it led to. */
  const addReasoning = () => {
    for (const item of reasoning) input.push(item);
    reasoning = [];
  };
  const addTexts = () => {
    if (texts.length === 0) return;
    addReasoning();
    // The item has no id: nothing stores it, and backends refuse ids that they did not give.
    input.push({ type: 'message', role: 'assistant', content: texts } as unknown as CanonicalInputItem);
    texts = [];
  };

  blocks.forEach((block, index) => {
    switch (block.type) {
      case 'text':
        if (block.text) texts.push({ type: 'output_text', text: block.text });
        break;
      case 'compaction':
        if (block.content) texts.push({ type: 'output_text', text: block.content });
        break;
      case 'thinking': {
        const signed = fromSignature(block.signature);
        // The upstream cannot read another service's reasoning.
        if (!signed) break;
        addTexts();
        reasoning.push(toReasoning(block.thinking, signed));
        break;
      }
      case 'tool_use': {
        addTexts();
        addReasoning();
        const { callId: call_id, encrypted } = fromStatefulId(block.id);
        if (encrypted) input.push(toReasoning('', { encrypted }));
        const args = toArguments(block.input, calls.texts, `${param}[${index}].input`);
        input.push({ type: 'function_call', call_id, name: block.name, arguments: args });
        calls.add(block.id, `${param}[${index}]`);
        break;
      }
      // The rest (redacted thinking, what Anthropic's own tools did) has no meaning outside the service it came from, or
      // is repeated in the text.
    }
  });
  addTexts();
  // A server's state may be of the calls before it.
  reasoning = reasoning.filter((item) => 'encrypted_content' in item && isServerState(item.encrypted_content));
  addReasoning();
}

/** Always a JSON object, since upstreams parse it; some clients send the text that they received. */
function toArguments(input: unknown, texts: ToolArguments, param: string): string {
  if (typeof input === 'string') {
    if (input.trim() === '') return '{}';
    if (asObject(texts.parse(input, param))) return input;
  }
  return JSON.stringify(input == null ? {} : (asObject(input) ?? { input }));
}

function toReasoning(thinking: string, { encrypted, text = thinking }: SignedReasoning): CanonicalInputItem {
  return {
    type: 'reasoning',
    summary: text ? [{ type: 'summary_text', text }] : [],
    ...(encrypted && { encrypted_content: encrypted }),
  } as unknown as CanonicalInputItem;
}
