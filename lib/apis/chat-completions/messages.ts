/** Chat messages → canonical input items, in the same order, with every tool output joined to its call. */
import type { ResponseInputContent } from 'openai/resources/responses/responses';
import type { CanonicalInputItem } from '../../canonical/types.ts';
import { OpenCompatError } from '../../errors.ts';
import { shortenCallId } from '../call-ids.ts';
import type { AssistantMessage, ChatMessage, ContentPart, TextPart } from './message-schema.ts';

/** Longest stretch of a client's id that a message repeats, in characters. */
const maxQuotedLength = 100;

type OutputType = 'function_call_output' | 'custom_tool_call_output';

interface ToolCall {
  outputType: OutputType;
  /** Where the calls under this id stand in the request. Some models use an id again. */
  places: string[];
  /** How many of them have their output: the first ones. */
  answered: number;
}

/** A call in the form that came before `tool_calls`: it has no id, so it is known by its name. */
interface LegacyCall {
  callId: string;
  param: string;
}

/**
 * @throws OpenCompatError OC_ORPHAN_TOOL_OUTPUT for an output without a call, OC_INVALID_VALUE for a call without an
 * output (upstreams refuse both), OC_UNSUPPORTED_PARAMETER for uploaded files
 */
export function toInput(messages: readonly ChatMessage[]): CanonicalInputItem[] {
  const input: CanonicalInputItem[] = [];
  const calls = new Map<string, ToolCall>();
  /** By name: those that have no output yet, the newest last. */
  const legacyCalls = new Map<string, LegacyCall[]>();

  messages.forEach((message, index) => {
    const param = `messages[${index}]`;
    switch (message.role) {
      case 'system':
      case 'developer': {
        const content = toTextParts(message.content);
        if (content.length) input.push({ type: 'message', role: 'developer', content });
        break;
      }
      case 'user':
        input.push({ type: 'message', role: 'user', content: toContent(message.content, `${param}.content`) });
        break;
      case 'assistant':
        addAssistant(message, param, index);
        break;
      case 'tool': {
        const call = calls.get(message.tool_call_id);
        if (!call || call.answered === call.places.length) {
          throw orphan(`${param}.tool_call_id`, message.tool_call_id);
        }
        call.answered += 1;
        addOutput(message.tool_call_id, call.outputType, message.content, param);
        break;
      }
      case 'function': {
        const call = legacyCalls.get(message.name)?.pop();
        if (!call) throw orphan(`${param}.name`, message.name);
        addOutput(call.callId, 'function_call_output', message.content ?? null, param);
        break;
      }
    }
  });

  for (const [id, { places, answered }] of calls) {
    const place = places[answered];
    if (place) throw unansweredCall(place, id);
  }
  for (const [name, [call]] of legacyCalls) if (call) throw unansweredCall(call.param, name);
  return input;

  function addAssistant(message: AssistantMessage, param: string, index: number): void {
    const reasoning = toReasoningText(message);
    if (reasoning !== undefined) {
      const content = [{ type: 'reasoning_text', text: reasoning }];
      input.push({ type: 'reasoning', summary: [], content } as unknown as CanonicalInputItem);
    }
    const content = toAssistantParts(message);
    // The item has no id: it is not stored anywhere, and backends refuse ids that they did not give.
    if (content.length) input.push({ type: 'message', role: 'assistant', content } as unknown as CanonicalInputItem);

    message.tool_calls?.forEach((call, position) => {
      const call_id = shortenCallId(call.id);
      if (call.type === 'function') {
        const { name, arguments: args } = call.function;
        input.push({ type: 'function_call', call_id, name, arguments: args });
        expectOutput(call.id, 'function_call_output', `${param}.tool_calls[${position}]`);
      } else {
        input.push({ type: 'custom_tool_call', call_id, name: call.custom.name, input: call.custom.input });
        expectOutput(call.id, 'custom_tool_call_output', `${param}.tool_calls[${position}]`);
      }
    });

    if (message.function_call) {
      const { name, arguments: args } = message.function_call;
      const callId = `call_legacy_${index}`;
      input.push({ type: 'function_call', call_id: callId, name, arguments: args });
      const open = legacyCalls.get(name) ?? [];
      open.push({ callId, param: `${param}.function_call` });
      legacyCalls.set(name, open);
    }
  }

  function expectOutput(id: string, outputType: OutputType, param: string): void {
    const call = calls.get(id) ?? { outputType, places: [], answered: 0 };
    call.outputType = outputType;
    call.places.push(param);
    calls.set(id, call);
  }

  function addOutput(id: string, type: OutputType, content: string | ContentPart[] | null, param: string): void {
    const output = Array.isArray(content) ? toContent(content, `${param}.content`) : (content ?? '');
    input.push({ type, call_id: shortenCallId(id), output } as CanonicalInputItem);
  }
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
      if (file_id != null) {
        const reason = 'Uploaded files are not served here; send the content as file_data.';
        throw new OpenCompatError('OC_UNSUPPORTED_PARAMETER', { reason }, { param: `${param}.file.file_id` });
      }
      if (file_data == null)
        throw new OpenCompatError('OC_MISSING_PARAMETER', {}, { param: `${param}.file.file_data` });
      return { type: 'input_file', file_data, ...(filename != null && { filename }) };
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

/** What the model thought, as clients of DeepSeek and of OpenRouter send it back. */
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
