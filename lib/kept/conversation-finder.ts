/** Finds the conversation that a request goes on from, in the answers that are kept here. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isRunning } from '../apis/responses/background.ts';
import { toInputItem } from '../apis/responses/input-items.ts';
import type { LooseItem } from '../apis/responses/schema.ts';
import type { CanonicalInputItem } from '../canonical/types.ts';
import { OpenCompatError } from '../errors.ts';
import type { ResponseStore, StoredResponse } from './response-store.ts';

/** Most answers that one request looks up. */
const maxLookups = 10_000;
/** Longest stretch of a client's id that a message repeats, in characters. */
const maxQuotedLength = 100;

export function quoteId(id: string): string {
  return id.slice(0, maxQuotedLength);
}

/**
 * Finds the conversation for one request. A short request can name many answers, even repeatedly: each answer is read once,
 * other requests get their turn in between, and the result has a size limit.
 */
export class ConversationFinder {
  readonly #stores: readonly ResponseStore[];
  readonly #owner: string;
  readonly #limitBytes: number;
  /** Items of the answers found so far by id; `undefined` for unknown ids. */
  readonly #items = new Map<string, LooseItem | undefined>();
  readonly #sizes = new Map<LooseItem, number>();
  #lookups = 0;
  #restoredBytes = 0;

  /** @param stores the nearest first */
  constructor(stores: readonly ResponseStore[], owner: string, limitBytes: number) {
    this.#stores = stores;
    this.#owner = owner;
    this.#limitBytes = limitBytes;
  }

  async #find(
    look: (store: ResponseStore) => Promise<StoredResponse | undefined>,
  ): Promise<StoredResponse | undefined> {
    if (this.#lookups >= maxLookups) return undefined;
    this.#lookups += 1;
    // Reading one can take as long as reading a body; the answers in memory are there without any wait.
    await nextTurn();
    for (const store of this.#stores) {
      const found = await look(store);
      if (found) return found;
    }
    return undefined;
  }

  /** @throws OpenCompatError OC_CONVERSATION_TOO_LARGE */
  #take(bytes: number, param: string): void {
    this.#restoredBytes += bytes;
    if (this.#restoredBytes <= this.#limitBytes) return;
    throw new OpenCompatError('OC_CONVERSATION_TOO_LARGE', { limitBytes: this.#limitBytes }, { param });
  }

  /**
   * The conversation up to an answer, with the answer, the oldest first.
   * @throws OpenCompatError OC_PREVIOUS_RESPONSE_NOT_FOUND, OC_CONVERSATION_TOO_LARGE
   */
  async readChain(id: string): Promise<CanonicalInputItem[]> {
    const param = 'previous_response_id';
    const turns: CanonicalInputItem[][] = [];
    for (let next: string | undefined = id; next !== undefined; ) {
      const wanted: string = next;
      const stored = await this.#find((store) => store.get(this.#owner, wanted));
      if (!stored) {
        throw new OpenCompatError('OC_PREVIOUS_RESPONSE_NOT_FOUND', { id: quoteId(wanted) }, { param });
      }
      const { input, response, previousId } = stored;
      if (isRunning(response)) {
        throw new OpenCompatError('OC_PREVIOUS_RESPONSE_RUNNING', { id: quoteId(wanted) }, { param });
      }
      const turn = [...input, ...response.output.map((item) => toInputItem(item as unknown as LooseItem))];
      this.#take(JSON.stringify(turn).length, param);
      turns.push(turn);
      next = previousId;
    }
    return turns.reverse().flat();
  }

  /** @throws OpenCompatError OC_CONVERSATION_TOO_LARGE */
  async findItem(id: string, param: string): Promise<LooseItem | undefined> {
    if (!this.#items.has(id)) {
      const stored = await this.#find((store) => store.findByItem(this.#owner, id));
      this.#items.set(id, undefined);
      for (const item of (stored?.response.output ?? []) as unknown as LooseItem[]) {
        if (typeof item.id === 'string' && !this.#items.get(item.id)) this.#items.set(item.id, item);
      }
    }
    const item = this.#items.get(id);
    if (item) this.#take(this.#sizeOf(item), param);
    return item;
  }

  #sizeOf(item: LooseItem): number {
    let size = this.#sizes.get(item);
    if (size === undefined) {
      size = JSON.stringify(item).length;
      this.#sizes.set(item, size);
    }
    return size;
  }
}
