/** What the demo model says: a pure function of the request, so that the same question always gets the same answer. */
import type { CanonicalRequest, ReasoningEffort } from '../../canonical/types.ts';
import { type SampleHints, sampleOf } from './sample.ts';

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

/** A canonical item, content part or tool, seen as what came over the wire. */
type Loose = { type?: string; [key: string]: unknown };

/** As much of a message or a tool's result as is repeated. */
const maxQuotedCharacters = 4000;
/** As much of a message as is searched for values and for the tools it calls for, and how many tools are thought of. */
const maxReadCharacters = 4000;
const maxTools = 128;

/** Words that say what is done with a thing, not what thing it is: `get_weather` is about weather. */
const commonWords = new Set(
  'a an and any are ask at by call check compute create current delete do fetch find for from function get give has in is it list look lookup make my new of on or post put query read run search send set show tell the this to tool up update use user what with you your'.split(
    ' ',
  ),
);

export function replyTo(request: CanonicalRequest, effort: ReasoningEffort): DemoReply {
  const items = request.input as unknown as Loose[];
  const question = lastQuestion(items);
  const results = trailingResults(items);
  const read = question.text.slice(0, maxReadCharacters);
  const calls = results.length === 0 ? chooseCalls(request, read) : [];
  const hints = hintsFrom(read);
  return {
    reasoning: wantsReasoning(request, effort) ? reason(question.text, calls, results) : [],
    text: calls.length > 0 ? '' : answer(request, question, results, hints),
    calls,
  };
}

function wantsReasoning({ reasoning }: CanonicalRequest, effort: ReasoningEffort): boolean {
  return effort !== 'none' && reasoning?.summary !== 'none';
}

function reason(question: string, calls: readonly DemoCall[], results: readonly string[]): string[] {
  const words = question.split(/\s+/).filter(Boolean).length;
  const first = `**Reading the message**\n\nIt has ${words} ${words === 1 ? 'word' : 'words'}.`;
  if (calls.length > 0)
    return [first, `**Choosing a tool**\n\nIt calls for ${calls.map(({ name }) => name).join(', ')}.`];
  if (results.length > 0) return [first, `**Using the results**\n\nThere are ${results.length}.`];
  return [first];
}

interface Question {
  text: string;
  /** What came with the text: "1 image", "2 files". */
  attachments: string[];
}

function lastQuestion(items: readonly Loose[]): Question {
  const message = items.findLast(({ role }) => role === 'user');
  const { content } = message ?? {};
  if (typeof content === 'string') return { text: content, attachments: [] };
  const parts = Array.isArray(content) ? (content as Loose[]) : [];
  const count = (type: string, noun: string) => {
    const found = parts.filter((part) => part.type === type).length;
    return found === 0 ? [] : [`${found} ${noun}${found === 1 ? '' : 's'}`];
  };
  return {
    text: parts
      .map(({ text }) => text)
      .filter((text) => typeof text === 'string')
      .join('\n'),
    attachments: [...count('input_image', 'image'), ...count('input_file', 'file'), ...count('input_audio', 'sound')],
  };
}

/** What tools gave since the last message: the turn that now has to be answered. */
function trailingResults(items: readonly Loose[]): string[] {
  const names = new Map(items.filter(({ name }) => name !== undefined).map(({ call_id, name }) => [call_id, name]));
  const start = items.findLastIndex(({ role, type }) => role !== undefined && (type ?? 'message') === 'message');
  return items
    .slice(start + 1)
    .filter(({ type }) => type === 'function_call_output' || type === 'custom_tool_call_output')
    .map(({ call_id, output }) => `${names.get(call_id) ?? 'tool'}: ${quote(textOf(output))}`);
}

function textOf(output: unknown): string {
  if (typeof output === 'string') return output;
  if (!Array.isArray(output)) return JSON.stringify(output ?? '');
  return (output as Loose[]).map(({ type, text }) => (typeof text === 'string' ? text : `[${type}]`)).join(' ');
}

function quote(text: string): string {
  return text.length > maxQuotedCharacters ? `${text.slice(0, maxQuotedCharacters)}…` : text;
}

function answer(
  { text }: CanonicalRequest,
  question: Question,
  results: readonly string[],
  hints: SampleHints,
): string {
  const format = text?.format;
  if (format?.type === 'json_schema') return JSON.stringify(sampleOf(format.schema, hints));
  const said = question.text ? `You said: ${quote(question.text)}` : 'You said nothing.';
  const sentences = [
    ...(results.length > 0 ? [`The tools answered. ${results.join(' | ')}`] : [said]),
    ...(question.attachments.length > 0
      ? [`I also got ${question.attachments.join(' and ')}, which I cannot see.`]
      : []),
  ];
  if (format?.type === 'json_object') return JSON.stringify({ answer: sentences.join(' '), model: 'demo' });
  return `This is the demo model of OpenCompat. ${sentences.join('\n\n')}`;
}

/** The tools that the message calls for: by name, by what their names are about, or because one has to be called. */
function chooseCalls(request: CanonicalRequest, message: string): DemoCall[] {
  const choice = request.tool_choice as Loose | string | undefined;
  const mode = typeof choice === 'object' && choice?.type === 'allowed_tools' ? choice.mode : choice;
  if (mode === 'none') return [];
  const offered = allowedTools(request, choice);
  const forced = typeof choice === 'object' && typeof choice?.name === 'string' ? choice.name : undefined;
  const named = offered.filter(({ name }) =>
    forced === undefined ? isCalledFor(String(name), message) : name === forced,
  );
  const called = named.length === 0 && mode === 'required' ? offered.slice(0, 1) : named;
  const most = request.parallel_tool_calls === false ? 1 : called.length;
  return called.slice(0, most).map((tool) => toCall(tool, message));
}

function allowedTools({ tools = [] }: CanonicalRequest, choice: Loose | string | undefined): Loose[] {
  const own = (tools as unknown as Loose[])
    .filter(({ type }) => type === 'function' || type === 'custom')
    .slice(0, maxTools);
  if (typeof choice !== 'object' || !Array.isArray(choice.tools)) return own;
  const allowed = new Set((choice.tools as Loose[]).map(({ name }) => name));
  return own.filter(({ name }) => allowed.has(name));
}

function wordsOf(text: string): string[] {
  return text
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}

function isCalledFor(name: string, message: string): boolean {
  if (message.toLowerCase().includes(name.toLowerCase())) return true;
  const said = new Set(wordsOf(message));
  return wordsOf(name).some((word) => word.length > 2 && !commonWords.has(word) && said.has(word));
}

function toCall(tool: Loose, message: string): DemoCall {
  const name = String(tool.name);
  if (tool.type === 'custom') return { type: 'custom_tool_call', name, input: message };
  const schema = tool.parameters ?? { type: 'object', properties: {} };
  return { type: 'function_call', name, input: JSON.stringify(sampleOf(schema, hintsFrom(message))) };
}

/** What a message offers as values: what is in quotes, then names ("Paris"), then its last word. */
function hintsFrom(message: string): SampleHints {
  const quoted = [...message.matchAll(/["“'`]([^"”'`]{1,100})["”'`]/g)].map(([, text]) => text!);
  const names = [...message.matchAll(/(?<=\p{L}[\s,]+)\p{Lu}[\p{L}\p{N}-]+(?:\s\p{Lu}[\p{L}\p{N}-]+)*/gu)].map(
    ([text]) => text,
  );
  const last = wordsOf(message).at(-1);
  const numbers = [...message.matchAll(/-?\d{1,12}(?:\.\d{1,6})?/g)].map(([text]) => Number(text));
  return { message, words: [...quoted, ...names, ...(last ? [last] : [])], numbers };
}
