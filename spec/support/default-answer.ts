/** What the fake backend answers when no test has said otherwise: the same request always gets the same answer. */
import { sampleJson } from './json-sampler.ts';
import type { ScriptedItem } from './scripted-answer.ts';

/** The text of every answer that is not asked to be anything else. */
export const defaultText = 'Hello from the fake backend: one, two, three.';

/** The text of the summary that a request with `reasoning.summary` gets. */
export const defaultReasoning = 'Thinking about what was asked.';

interface Tool {
  type: string;
  name: string;
  parameters?: unknown;
}

interface Item {
  type?: string;
  role?: string;
  content?: string | { text?: string }[];
  output?: unknown;
}

interface Body {
  input: Item[];
  tools?: Tool[];
  tool_choice?: string | { type: string; name?: string; mode?: string; tools?: Tool[] };
  parallel_tool_calls?: boolean;
  reasoning?: { effort?: string; summary?: string };
  text?: { format?: { type: string; schema?: unknown } };
}

const isOutput = ({ type }: Item) => type === 'function_call_output' || type === 'custom_tool_call_output';

function textOf({ content }: Item): string {
  return typeof content === 'string' ? content : (content ?? []).map(({ text = '' }) => text).join(' ');
}

/** The tools that may be called now. */
function callableTools({ tools = [], tool_choice: choice = 'auto' }: Body): Tool[] {
  const callable = tools.filter(({ type }) => type === 'function' || type === 'custom');
  if (choice === 'none') return [];
  if (typeof choice === 'string') return callable;
  const names = choice.type === 'allowed_tools' ? (choice.tools ?? []).map(({ name }) => name) : [choice.name];
  return callable.filter(({ name }) => names.includes(name));
}

/** The tools that the last user message names; without such a word the first one. One only, unless several are allowed. */
function chooseTools(body: Body, callable: readonly Tool[]): readonly Tool[] {
  const asked = textOf(body.input.findLast(({ role }) => role === 'user') ?? {});
  const named = callable.filter(({ name }) => asked.includes(name));
  const chosen = named.length > 0 ? named : callable;
  return named.length > 0 && body.parallel_tool_calls !== false ? chosen : chosen.slice(0, 1);
}

function toCall({ type, name, parameters }: Tool): ScriptedItem {
  if (type === 'custom') return { custom: name, input: `input of ${name}` };
  return { call: name, arguments: JSON.stringify(sampleJson(parameters ?? { type: 'object' })) };
}

function isForced({ tool_choice: choice }: Body): boolean {
  if (typeof choice === 'object') return choice.type !== 'allowed_tools' || choice.mode === 'required';
  return choice === 'required';
}

/** @param requestBody one that the backend does not refuse */
export function createDefaultAnswer(requestBody: object): ScriptedItem[] {
  const body = requestBody as Body;
  if (body.input.at(-1)?.type === 'compaction_trigger') return [{ compaction: 'gAAAAAcompacted' }];
  const items: ScriptedItem[] = [];
  if (body.reasoning?.summary && body.reasoning.effort !== 'none') items.push({ reasoning: [defaultReasoning] });

  const outputs = body.input.slice(body.input.findLastIndex(({ role }) => role === 'user') + 1).filter(isOutput);
  const callable = callableTools(body);
  if (callable.length > 0 && (outputs.length === 0 || isForced(body))) {
    items.push(...chooseTools(body, callable).map(toCall));
    return items;
  }
  const format = body.text?.format;
  if (format?.type === 'json_schema') items.push({ text: JSON.stringify(sampleJson(format.schema)) });
  else if (format?.type === 'json_object') items.push({ text: '{"answer":"sample"}' });
  else if (outputs.length > 0) items.push({ text: `The tools answered: ${outputs.map(toText).join(', ')}.` });
  else items.push({ text: defaultText });
  return items;
}

function toText({ output }: Item): string {
  return typeof output === 'string' ? output : JSON.stringify(output);
}
