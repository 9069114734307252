/** Chat messages → canonical input items, in the same order, with every tool output joined to its call. */
import type { ResponseInputContent } from 'openai/resources/responses/responses';
import type { CanonicalInputItem } from '../../canonical/types.ts';
import { OpenCompatError } from '../../errors.ts';
import { fromStatefulId } from '../call-id-state.ts';
import { isIdFromHere } from '../forwarded/object-ids.ts';
import type { AssistantMessage, ChatMessage, ContentPart, TextPart } from './message-schema.ts';
import { readCarriedDetails } from './server-state.ts';

/** Longest stretch of a client's id that a message repeats, in characters. */
const maxQuotedLength = 100;

type OutputType = 'function_call_output' | 'custom_tool_call_output';

interface ToolCall {
  outputType: OutputType;
  /** Where the calls with this id stand in the request: some models reuse an id. */
  places: string[];
  /** How many of them have their output: the first ones. */
  answered: number;
}

/** A call in the form that preceded `tool_calls`: it has no id, so its name identifies it. */
interface LegacyCall {
  callId: string;
  param: string;
}

/** The calls so far, and which of them have their output. */
class Calls {
  readonly #byId = new Map<string, ToolCall>();
  /** Calls without an output yet, by name, the newest last. */
  readonly #legacy = new Map<string, LegacyCall[]>();

  add(id: string, outputType: OutputType, param: string): void {
    const call = this.#byId.get(id) ?? { outputType, places: [], answered: 0 };
    call.outputType = outputType;
    call.places.push(param);
    this.#byId.set(id, call);
  }

  addLegacy(name: string, call: LegacyCall): void {
    const open = this.#legacy.get(name) ?? [];
    open.push(call);
    this.#legacy.set(name, open);
  }

  /** @returns the future output of the call */
  answer(id: string, param: string): OutputType {
    const call = this.#byId.get(id);
    if (!call) throw orphan(param, id);
    call.answered = Math.min(call.answered + 1, call.places.length);
    return call.outputType;
  }

  /** @returns the id that the call was given */
  answerLegacy(name: string, param: string): string {
    const call = this.#legacy.get(name)?.pop();
    if (!call) throw orphan(param, name);
    return call.callId;
  }

  /** @throws OpenCompatError OC_INVALID_VALUE for a call without an output */
  checkAllAnswered(): void {
    for (const [id, { places, answered }] of this.#byId) {
      const place = places[answered];
      if (place) throw unansweredCall(place, id);
    }
    for (const [name, [call]] of this.#legacy) if (call) throw unansweredCall(call.param, name);
  }
}

/**
 * @throws OpenCompatError OC_ORPHAN_TOOL_OUTPUT for an output without a call, OC_INVALID_VALUE for a call without an
 * output (upstreams refuse both), OC_UNSUPPORTED_PARAMETER for uploaded files
 */
export function toInput(messages: readonly ChatMessage[]): CanonicalInputItem[] {
  const calls = new Calls();
  const input = messages.flatMap((message, index) => toItems(message, index, calls));
  calls.checkAllAnswered();
  return input;
}

function toItems(message: ChatMessage, index: number, calls: Calls): CanonicalInputItem[] {
  const param = `messages[${index}]`;
  switch (message.role) {
    case 'system':
    case 'developer': {
      const content = toTextParts(message.content);
      return content.length > 0 ? [{ type: 'message', role: 'developer', content }] : [];
    }
    case 'user':
      return [{ type: 'message', role: 'user', content: toContent(message.content, `${param}.content`) }];
    case 'assistant':
      return [...toSaid(message), ...toCalls(message, index, calls)];
    case 'tool': {
      const { content } = message;
      const { callId: id } = fromStatefulId(message.tool_call_id);
      return [toOutput(id, calls.answer(id, `${param}.tool_call_id`), content, param)];
    }
    case 'function': {
      const { name, content = null } = message;
      return [toOutput(calls.answerLegacy(name, `${param}.name`), 'function_call_output', content, param)];
    }
  }
}

/** The items have no ids: nothing stores them, and backends refuse ids that they did not give. */
function toSaid(message: AssistantMessage): CanonicalInputItem[] {
  const items: object[] = [];
  const reasoning = toReasoningText(message);
  if (reasoning !== undefined) {
    items.push({ type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: reasoning }] });
  }
  for (const encrypted of readCarriedDetails(message.reasoning_details)) items.push(toState(encrypted));
  const content = toAssistantParts(message);
  if (content.length > 0) items.push({ type: 'message', role: 'assistant', content });
  return items as CanonicalInputItem[];
}

/** What a server gave beside an answer, and wants back. */
function toState(encrypted: string): CanonicalInputItem {
  return { type: 'reasoning', summary: [], encrypted_content: encrypted } as never;
}

function toCalls(message: AssistantMessage, index: number, calls: Calls): CanonicalInputItem[] {
  const param = `messages[${index}]`;
  const items: CanonicalInputItem[] = [];
  message.tool_calls?.forEach((call, position) => {
    const place = `${param}.tool_calls[${position}]`;
    const { callId: call_id, encrypted } = fromStatefulId(call.id);
    if (encrypted) items.push(toState(encrypted));
    if (call.type === 'function') {
      const { name, arguments: args } = call.function;
      items.push({ type: 'function_call', call_id, name, arguments: args });
      calls.add(call_id, 'function_call_output', place);
    } else {
      items.push({ type: 'custom_tool_call', call_id, name: call.custom.name, input: call.custom.input });
      calls.add(call_id, 'custom_tool_call_output', place);
    }
  });
  if (message.function_call) {
    const { name, arguments: args } = message.function_call;
    const callId = `call_legacy_${index}`;
    items.push({ type: 'function_call', call_id: callId, name, arguments: args });
    calls.addLegacy(name, { callId, param: `${param}.function_call` });
  }
  return items;
}

function toOutput(
  call_id: string,
  type: OutputType,
  content: string | ContentPart[] | null,
  param: string,
): CanonicalInputItem {
  const output = Array.isArray(content) ? toContent(content, `${param}.content`) : (content ?? '');
  return { type, call_id, output } as CanonicalInputItem;
}

function toTextParts(content: string | TextPart[]): ResponseInputContent[] {
  if (typeof content === 'string') return [{ type: 'input_text', text: content }];
  return content.map(({ text }) => ({ type: 'input_text', text }));
}

function toContent(content: string | ContentPart[], param: string): ResponseInputContent[] {
  if (typeof content === 'string') return [{ type: 'input_text', text: content }];
  return content.map((part, index) => toInputPart(part, `${param}[${index}]`));
}

function toInputPart(part: ContentPart, param: string): ResponseInputContent {
  switch (part.type) {
    case 'text':
      return { type: 'input_text', text: part.text };
    case 'image_url': {
      const { url, detail } = typeof part.image_url === 'string' ? { url: part.image_url } : part.image_url;
      return { type: 'input_image', image_url: url, detail: detail ?? 'auto' };
    }
    case 'file': {
      const { file_data, file_id, filename } = part.file;
      const name = filename != null && { filename };
      if (file_id != null) {
        if (isIdFromHere('file', file_id)) return { type: 'input_file', file_id, ...name };
        const reason = 'No file of this id was uploaded here; send the content as file_data.';
        throw new OpenCompatError('OC_UNSUPPORTED_PARAMETER', { reason }, { param: `${param}.file.file_id` });
      }
      if (file_data == null)
        throw new OpenCompatError('OC_MISSING_PARAMETER', {}, { param: `${param}.file.file_data` });
      return { type: 'input_file', file_data, ...name };
    }
    case 'input_audio':
      // In the Responses API's own list of parts, but not in its type for them.
      return { type: 'input_audio', input_audio: part.input_audio } as unknown as ResponseInputContent;
  }
}

function toAssistantParts({ content, refusal }: AssistantMessage): object[] {
  const parts: object[] = [];
  const given = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : (content ?? []);
  for (const part of given) {
    if (part.type === 'text' && part.text) parts.push({ type: 'output_text', text: part.text });
    if (part.type === 'refusal' && part.refusal) parts.push({ type: 'refusal', refusal: part.refusal });
  }
  if (refusal) parts.push({ type: 'refusal', refusal });
  return parts;
}

/** The model's reasoning, as clients of DeepSeek and of OpenRouter send it back. */
function toReasoningText({ reasoning_content, reasoning }: AssistantMessage): string | undefined {
  for (const text of [reasoning_content, reasoning]) if (typeof text === 'string' && text !== '') return text;
  return undefined;
}

function orphan(param: string, callId: string): OpenCompatError {
  return new OpenCompatError('OC_ORPHAN_TOOL_OUTPUT', { callId: callId.slice(0, maxQuotedLength) }, { param });
}

function unansweredCall(param: string, callId: string): OpenCompatError {
  const reason = `Invalid '${param}': no later message answers the tool call '${callId.slice(0, maxQuotedLength)}'. An assistant message that calls a tool must be followed by its output.`;
  return new OpenCompatError('OC_INVALID_VALUE', { reason }, { param });
}
