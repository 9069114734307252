/** Reads a Chat Completions stream, adds it up, and tells which rules it breaks. */
import { asObject, type Json } from '../../lenient-json.ts';
import { show } from '../expectations.ts';
import type { Report } from './faults.ts';
import { readSse, type SseRule } from './sse.ts';

export type ChatRule =
  | SseRule
  | 'done'
  | 'after-done'
  | 'error'
  | 'object'
  | 'id'
  | 'model'
  | 'created'
  | 'index'
  | 'role'
  | 'finish'
  | 'after-finish'
  | 'usage'
  | 'tool-index'
  | 'tool-start'
  | 'tool-rest';

export interface StreamedChoice {
  text: string;
  finishReason: unknown;
  calls: { id: unknown; name: unknown; arguments: string }[];
  hasBegun: boolean;
}

export interface ChatStream {
  choices: StreamedChoice[];
  usage: Json | undefined;
  /** How many chunks had text. */
  textChunks: number;
}

const isDone = (data: string) => data === '[DONE]';

export function readChatStream(wire: string, report: Report<ChatRule>): ChatStream {
  const { events, data } = readSse(wire, report, isDone);
  const doneAt = events.findIndex(({ data: text }) => isDone(text));
  if (doneAt < 0) report('done', `the last event is ${show(events.at(-1)?.data)}`);
  else if (doneAt !== events.length - 1) report('after-done', `behind it stands ${show(events[doneAt + 1]!.data)}`);
  const stream: ChatStream = { choices: [], usage: undefined, textChunks: 0 };
  const [first] = data;
  for (const chunk of data) {
    const shown = show(chunk);
    if (chunk.error !== undefined) report('error', shown);
    if (chunk.object !== 'chat.completion.chunk') report('object', shown);
    if (typeof chunk.id !== 'string' || chunk.id === '' || chunk.id !== first!.id) report('id', shown);
    if (typeof chunk.model !== 'string' || chunk.model !== first!.model) report('model', shown);
    if (!Number.isInteger(chunk.created) || chunk.created !== first!.created) report('created', shown);
    if (stream.usage) report('usage', `behind the usage stands ${shown}`);
    stream.usage ??= asObject(chunk.usage);
    for (const choice of listOf(chunk.choices)) readChoice(stream, choice, report, shown);
  }
  for (const [index, { finishReason }] of stream.choices.entries()) {
    if (finishReason === undefined) report('finish', `choice ${index} has no finish_reason`);
  }
  if (stream.choices.length === 0) report('finish', 'no choice came');
  return stream;
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.map((entry) => asObject(entry) ?? {}) : [];
}

function readChoice(stream: ChatStream, choice: Json, report: Report<ChatRule>, shown: string): void {
  const { choices } = stream;
  const index = Number(choice.index);
  if (!(index >= 0 && index <= choices.length)) {
    report('index', shown);
    return;
  }
  choices[index] ??= { text: '', finishReason: undefined, calls: [], hasBegun: false };
  const seen = choices[index];
  const delta = asObject(choice.delta) ?? {};
  if (!seen.hasBegun && delta.role !== 'assistant') report('role', shown);
  seen.hasBegun = true;
  const calls = listOf(delta.tool_calls);
  if (seen.finishReason !== undefined) {
    if (choice.finish_reason) report('finish', `a second one: ${shown}`);
    if (delta.content || calls.length > 0) report('after-finish', shown);
  }
  if (typeof delta.content === 'string' && delta.content !== '') {
    seen.text += delta.content;
    stream.textChunks++;
  }
  for (const call of calls) readCall(seen, call, report, shown);
  if (choice.finish_reason) seen.finishReason ??= choice.finish_reason;
}

function readCall({ calls }: StreamedChoice, call: Json, report: Report<ChatRule>, shown: string): void {
  const index = Number(call.index);
  const { name, arguments: piece } = asObject(call.function) ?? {};
  const known = calls[index];
  if (known) {
    if ((call.id && call.id !== known.id) || (name && name !== known.name)) report('tool-rest', shown);
    known.arguments += typeof piece === 'string' ? piece : '';
    return;
  }
  if (index !== calls.length) {
    report('tool-index', shown);
    return;
  }
  if (typeof call.id !== 'string' || call.id === '' || typeof name !== 'string' || name === '') {
    report('tool-start', shown);
  }
  calls.push({ id: call.id, name, arguments: typeof piece === 'string' ? piece : '' });
}
