/** Conversations of the Messages API that are held here between their turns: whole, under the id of the newest answer. */
import { OpenCompatError } from '../errors.ts';
import type { ResponseStore, ThreadState } from './response-store.ts';
import type { SharedClaims } from './shared-claims.ts';

/** How long a thread is held after its last use, as Anthropic has it. */
const threadTtlMs = 3_600_000;

export class Threads {
  readonly #store: ResponseStore;
  readonly #limitBytes: number;
  readonly #claims: SharedClaims | undefined;
  readonly #now: () => number;
  /** Answers that a request is just continuing from; one for each such request at most. */
  readonly #inFlight = new Set<string>();

  /** @param claims where servers share what is in flight */
  constructor(store: ResponseStore, limitBytes: number, claims?: SharedClaims, now: () => number = Date.now) {
    this.#store = store;
    this.#limitBytes = limitBytes;
    this.#claims = claims;
    this.#now = now;
  }

  /**
   * The conversation up to an answer. Until `release`, no other request continues from it.
   * @throws OpenCompatError OC_THREAD_NOT_FOUND, OC_THREAD_ALREADY_CONTINUED, OC_THREAD_CONTINUE_IN_FLIGHT,
   * OC_CONVERSATION_TOO_LARGE
   */
  async take(owner: string, id: string): Promise<ThreadState> {
    const key = toKey(owner, id);
    const inFlight = () => new OpenCompatError('OC_THREAD_CONTINUE_IN_FLIGHT', {}, { param });
    if (this.#inFlight.has(key)) throw inFlight();
    this.#inFlight.add(key);
    try {
      // Without Redis there is no thread either, and the store says so.
      const isClaimed = await this.#claims?.claim(key).catch(() => undefined);
      if (isClaimed === false) throw inFlight();
      const thread = (await this.#store.get(owner, toStoredId(id)))?.thread;
      if (!thread || thread.untilMs <= this.#now()) throw new OpenCompatError('OC_THREAD_NOT_FOUND', {}, { param });
      if (!thread.state) throw new OpenCompatError('OC_THREAD_ALREADY_CONTINUED', {}, { param });
      if (JSON.stringify(thread.state).length > this.#limitBytes) {
        throw new OpenCompatError('OC_CONVERSATION_TOO_LARGE', { limitBytes: this.#limitBytes }, { param });
      }
      return thread.state;
    } catch (error) {
      this.release(owner, id);
      throw error;
    }
  }

  release(owner: string, id: string): void {
    const key = toKey(owner, id);
    this.#inFlight.delete(key);
    void this.#claims?.release(key);
  }

  /** @param previousId of the answer that this one continues from */
  async keep(owner: string, id: string, state: ThreadState, previousId?: string): Promise<void> {
    await this.#put(owner, id, state);
    if (previousId !== undefined) await this.#put(owner, previousId);
  }

  #put(owner: string, id: string, state?: ThreadState): Promise<void> {
    const thread = { untilMs: this.#now() + threadTtlMs, ...(state && { state }) };
    const storedId = toStoredId(id);
    return this.#store.put({ id: storedId, owner, input: [], response: { id: storedId, output: [] } as never, thread });
  }
}

const param = 'thread.previous_message_id';

/** No answer of the Responses API has such an id: threads are none of them. */
function toStoredId(id: string): string {
  return `thread ${id}`;
}

function toKey(owner: string, id: string): string {
  return `${owner.length}:${owner}${id}`;
}
