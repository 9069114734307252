/** An item of an answer that is being made regular, with the texts in it. */
import type { Json } from '../lenient-json.ts';
import type { RunKind, TextRun } from './text-run.ts';

const idPrefixes: Readonly<Record<string, string>> = {
  message: 'msg',
  reasoning: 'rs',
  function_call: 'fc',
  custom_tool_call: 'ctc',
  web_search_call: 'ws',
  file_search_call: 'fs',
  code_interpreter_call: 'ci',
  image_generation_call: 'ig',
  local_shell_call: 'lsh',
};

/** The kind of text that is the input of a call. */
export const inputKinds: Readonly<Record<string, RunKind>> = { function_call: 'arguments', custom_tool_call: 'input' };

export class RegularItem {
  readonly index: number;
  readonly id: string;
  readonly type: string;
  /** The upstream's ids for it. */
  readonly upstreamIds = new Set<string>();
  /** By the upstream's index of the part. */
  readonly parts = new Map<number, TextRun>();
  readonly summaries = new Map<number, TextRun>();
  input: TextRun | undefined;
  /** As last shown to the client. */
  shown: Json;
  isDone = false;

  constructor(index: number, id: string, shown: Json) {
    this.index = index;
    this.id = id;
    this.type = String(shown.type);
    this.shown = shown;
  }

  noteId(id: unknown): void {
    if (typeof id === 'string') this.upstreamIds.add(id);
  }
}

/** The upstream's id, as long as it is one and of no other item; else one made from `answerId`. Adds it to `taken`. */
export function toItemId({ id, type }: Json, index: number, answerId: string, taken: Set<string>): string {
  const own = `${idPrefixes[String(type)] ?? 'item'}_${answerId}_${index}`;
  const chosen = typeof id === 'string' && id !== '' && !taken.has(id) ? id : own;
  taken.add(chosen);
  return chosen;
}

/** An item as it begins: its text comes in deltas, also where the upstream gave some of it at once. */
export function toOpenItem(source: Json, id: string): Json {
  const { id: _id, type, ...rest } = source;
  switch (type) {
    case 'message':
      return { id, type, role: 'assistant', ...rest, status: 'in_progress', content: [] };
    case 'reasoning': {
      const { content: _content, ...others } = rest;
      return { id, type, ...others, summary: [] };
    }
    case 'function_call':
      return { id, type, ...rest, status: 'in_progress', arguments: '' };
    case 'custom_tool_call':
      return { id, type, ...rest, input: '' };
    default:
      return { id, type, ...rest };
  }
}
