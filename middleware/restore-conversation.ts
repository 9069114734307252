import { randomUUID } from 'node:crypto';
import { toInputItem } from '../lib/apis/responses/input-items.ts';
import type { CanonicalInputItem } from '../lib/canonical.ts';
import { OpenCompatError } from '../lib/errors.ts';
import { defineMiddleware, type Exchange, type Request } from '../lib/middleware.ts';
import { ownerOf, type ResponseStore, type StoredResponse } from '../lib/responses-store.ts';
import { sessionOf } from '../lib/socket-sessions.ts';

/** Most answers of a chain that a request goes on from. */
const maxTurns = 10_000;
/** Longest stretch of a client's id that a message repeats, in characters. */
const maxQuotedLength = 100;

type LooseItem = { type?: string; id?: unknown; [key: string]: unknown };

/**
 * Puts what a request goes on from before its input (`previous_response_id`, items named by their id), out of the answers
 * kept here, and has the new answer kept unless the request says `store: false`. On a WebSocket the connection keeps
 * those too. Upstreams store nothing, and need not.
 */
export default defineMiddleware({
  name: 'restore-conversation',
  after: ['validate'],
  before: ['resolve-model'],
  create(_options, { responses, log }) {
    /** The stores that a request may look into, the nearest first. */
    function storesOf(req: Request): ResponseStore[] {
      const session = sessionOf(req);
      return [...(session ? [session.responses] : []), ...(responses ? [responses] : [])];
    }

    async function findFirst<T>(
      stores: readonly ResponseStore[],
      find: (store: ResponseStore) => Promise<T | undefined>,
    ): Promise<T | undefined> {
      for (const store of stores) {
        const found = await find(store);
        if (found !== undefined) return found;
      }
      return undefined;
    }

    /** The chain of answers that ends with `id`, the oldest first. */
    async function readChain(stores: readonly ResponseStore[], owner: string, id: string): Promise<StoredResponse[]> {
      const chain: StoredResponse[] = [];
      for (let next: string | undefined = id; next !== undefined; next = chain.at(-1)!.previousId) {
        const wanted: string = next;
        const stored = await findFirst(stores, (store) => store.get(owner, wanted));
        if (!stored || chain.length === maxTurns) {
          const details = { id: wanted.slice(0, maxQuotedLength) };
          throw new OpenCompatError('OC_PREVIOUS_RESPONSE_NOT_FOUND', details, { param: 'previous_response_id' });
        }
        chain.push(stored);
      }
      return chain.reverse();
    }

    /** The item itself in the place of its name. Reasoning without its encrypted form is looked for as well, but not missed. */
    async function resolveItem(
      item: LooseItem,
      index: number,
      find: (id: string) => Promise<object | undefined>,
    ): Promise<CanonicalInputItem> {
      const isReference = item.type === 'item_reference';
      if (typeof item.id !== 'string' || !(isReference || item.type === 'reasoning')) return item as never;
      const found = await find(item.id);
      if (found) return toInputItem(found as LooseItem);
      if (isReference) {
        const details = { id: item.id.slice(0, maxQuotedLength) };
        throw new OpenCompatError('OC_ITEM_NOT_FOUND', details, { param: `input[${index}].id` });
      }
      const { id: _id, ...rest } = item;
      return rest as never;
    }

    function keep(store: ResponseStore, stored: StoredResponse): void {
      store.put(stored).catch((error: unknown) => log.warn('a response could not be kept', { error }));
    }

    async function restore(exchange: Exchange, req: Request): Promise<void> {
      const { request } = exchange;
      const { previous_response_id: previousId, store: isStored } = request;
      const owner = ownerOf(exchange.clientName, req.ip);
      const stores = storesOf(req);
      const chain = previousId ? await readChain(stores, owner, previousId) : [];
      const find = (id: string) => findFirst(stores, (store) => store.findItem(owner, id));
      const input: CanonicalInputItem[] = [];
      for (const [index, item] of request.input.entries()) {
        input.push(await resolveItem(item as unknown as LooseItem, index, find));
      }
      const before = chain.flatMap((stored) => [
        ...stored.input,
        ...stored.response.output.map((item) => toInputItem(item as unknown as LooseItem)),
      ]);
      request.input = [...before, ...input];
      delete request.previous_response_id;
      request.store = false;

      exchange.answerId = randomUUID().replaceAll('-', '');
      const kept = isStored ? responses : sessionOf(req)?.responses;
      if (!kept) return;
      exchange.keepAnswer = (response) => {
        keep(kept, { id: response.id, owner, input, ...(previousId && { previousId }), response });
      };
    }

    return async function restoreConversation(req, _res, next) {
      const { exchange } = req;
      if (exchange.api?.isStateful) await restore(exchange, req);
      next();
    };
  },
});
