import type { Json } from '../lenient-json.ts';

const calls: ReadonlySet<unknown> = new Set(['function_call', 'custom_tool_call']);
const outputs: ReadonlySet<unknown> = new Set(['function_call_output', 'custom_tool_call_output']);

/**
 * Canonical items in which a call has one output at most, as Anthropic and servers of Chat Completions want it: what comes after
 * that stands in it too. Its own place stays, undefined, so that errors name the places that the client knows. An output without
 * any call stays as it is.
 */
export function withOneOutputEach(items: readonly Json[]): (Json | undefined)[] {
  /** By call id: how many calls lack their output, and where the newest output stands. */
  const lacking = new Map<unknown, number>();
  const answered = new Map<unknown, number>();
  const doubled = new Map<number, Json[]>();
  const kept: (Json | undefined)[] = [...items];
  items.forEach((item, index) => {
    const { type, call_id: id } = item;
    const open = lacking.get(id) ?? 0;
    if (calls.has(type)) lacking.set(id, open + 1);
    if (!outputs.has(type)) return;
    const first = answered.get(id);
    if (open > 0 || first === undefined) {
      lacking.set(id, Math.max(0, open - 1));
      if (open > 0) answered.set(id, index);
      return;
    }
    const others = doubled.get(first);
    if (others) others.push(item);
    else doubled.set(first, [item]);
    kept[index] = undefined;
  });
  for (const [first, others] of doubled) kept[first] = join([kept[first]!, ...others]);
  return kept;
}

function join(said: readonly Json[]): Json {
  const contents = said.map(({ output }) => output);
  const isText = contents.every((content) => typeof content === 'string');
  return { ...said[0], output: isText ? contents.join('\n') : contents.flatMap(toParts) };
}

function toParts(output: unknown): unknown[] {
  if (Array.isArray(output)) return output;
  return typeof output === 'string' ? [{ type: 'input_text', text: output }] : [];
}
