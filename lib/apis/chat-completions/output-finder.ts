import type { Json } from '../../lenient-json.ts';

/** Joins outputs to calls by id, in order: some models reuse an id. */
export class OutputFinder {
  readonly #items: readonly (Json | undefined)[];
  /** By call id: the places of the outputs that no call has claimed, in order. */
  readonly #open = new Map<unknown, number[]>();
  readonly #claimed = new Set<number>();

  constructor(items: readonly (Json | undefined)[]) {
    this.#items = items;
    // In reverse order, so that `pop` gives the next.
    for (let index = items.length - 1; index >= 0; index -= 1) {
      const { type, call_id } = items[index] ?? {};
      if (type !== 'function_call_output' && type !== 'custom_tool_call_output') continue;
      const open = this.#open.get(call_id);
      if (open) open.push(index);
      else this.#open.set(call_id, [index]);
    }
  }

  /** Finds the output of a call; [-1, undefined] for a call without one, which the model is then told. */
  findFor({ call_id }: Json, callIndex: number): [outputIndex: number, output: Json | undefined] {
    const open = this.#open.get(call_id);
    const next = open?.at(-1) ?? -1;
    if (next < callIndex) return [-1, undefined];
    open!.pop();
    this.#claimed.add(next);
    return [next, this.#items[next]];
  }

  isClaimed(index: number): boolean {
    return this.#claimed.has(index);
  }
}
