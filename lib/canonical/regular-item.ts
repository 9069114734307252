/** An item of an answer that is being made regular, with the texts in it. */
import { asText, type Json } from '../lenient-json.ts';
import { asParts, isUnknownPart, type RunKind, type TextRun } from './text-run.ts';

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

/** Items that wait for their call's id and name: clients read both only from the first event of a call. */
export const namedCalls: ReadonlySet<unknown> = new Set(Object.keys(inputKinds));

/** Items whose text comes in deltas. */
export const textItems: ReadonlySet<unknown> = new Set(['message', 'reasoning', ...namedCalls]);

/** `response.web_search_call.searching` belongs to an item of type `web_search_call`. */
export const itemTypeOfEvent = /^response\.(\w+?_call|mcp_list_tools|compaction)(?:_[a-z_]+)?\.\w+$/;

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

/** The upstream's id if it is usable and still free, else one made from `answerId`. Adds it to `taken`. */
export function toItemId({ id, type }: Json, index: number, answerId: string, taken: Set<string>): string {
  const own = `${idPrefixes[String(type)] ?? 'item'}_${answerId}_${index}`;
  const chosen = typeof id === 'string' && id !== '' && !taken.has(id) ? id : own;
  taken.add(chosen);
  return chosen;
}

/** An item as it begins, without its text: the text comes in deltas, even where the upstream sent some of it at once. */
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

/** Size of what an item holds besides the streamed texts, such as a picture, in characters. */
export function measureItem(source: Json): number {
  if (!textItems.has(source.type)) return JSON.stringify(source).length;
  const unknown = asParts(source.content).filter(isUnknownPart);
  return (asText(source.encrypted_content)?.length ?? 0) + (unknown.length > 0 ? JSON.stringify(unknown).length : 0);
}

/**
 * Matches the items that a terminal event lists with the streamed ones. Their order and ids may differ from the stream's: an
 * item is matched by its id or its call's id, else it is the next of its type.
 */
export function matchItems(
  listed: readonly Json[],
  streamed: readonly RegularItem[],
): (readonly [Json, RegularItem | undefined])[] {
  const rest = new Set(streamed);
  const takeFirst = (isWanted: (item: RegularItem) => boolean) => {
    const found = findFirst(rest, isWanted);
    if (found) rest.delete(found);
    return found;
  };
  const known = listed.map((source) => takeFirst((item) => isSameItem(item, source)));
  return listed.map((source, index) => [source, known[index] ?? takeFirst(({ type }) => type === source.type)]);
}

function isSameItem({ type, upstreamIds, shown }: RegularItem, source: Json): boolean {
  if (type !== source.type) return false;
  return upstreamIds.has(String(source.id)) || (Boolean(asText(source.call_id)) && shown.call_id === source.call_id);
}

/** Nearly always the first matches. */
function findFirst<T>(values: ReadonlySet<T>, isWanted: (value: T) => boolean): T | undefined {
  for (const value of values) if (isWanted(value)) return value;
  return undefined;
}
