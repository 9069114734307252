import { randomUUID } from 'node:crypto';
import { toInputItem } from '../lib/apis/responses/input-items.ts';
import type { LooseItem } from '../lib/apis/responses/schema.ts';
import { takeConfigurationUpdates } from '../lib/canonical/configuration-updates.ts';
import type { CanonicalInputItem } from '../lib/canonical/types.ts';
import { defineMiddleware, type Exchange, type Request } from '../lib/chain/middleware.ts';
import { OpenCompatError } from '../lib/errors.ts';
import { ConversationFinder, quoteId } from '../lib/kept/conversation-finder.ts';
import { ownerOf, type ResponseStore, type StoredResponse } from '../lib/kept/response-store.ts';
import { sessionOf } from '../lib/kept/socket-sessions.ts';

/** What is not missed need not wait for a store that is away. */
function isStoreAway(error: unknown): boolean {
  return error instanceof OpenCompatError && error.code === 'OC_STORE_AWAY';
}

/** Replaces a reference by the item itself. Reasoning without its encrypted form is looked up too, but need not be found. */
async function resolveItem(item: LooseItem, index: number, finder: ConversationFinder): Promise<CanonicalInputItem> {
  const isReference = item.type === 'item_reference';
  if (typeof item.id !== 'string' || !(isReference || item.type === 'reasoning')) return item as never;
  const param = `input[${index}].id`;
  const found = await finder.findItem(item.id, param).catch((error) => {
    if (isReference || !isStoreAway(error)) throw error;
    return undefined;
  });
  if (found) return toInputItem(found);
  if (isReference) throw new OpenCompatError('OC_ITEM_NOT_FOUND', { id: quoteId(item.id) }, { param });
  const { id: _id, ...rest } = item;
  return rest as never;
}

/**
 * Puts the earlier conversation before a request's input (`previous_response_id`, items named by their id), from the answers
 * stored here, and stores the new answer unless the request says `store: false`. What is not stored for all, a WebSocket keeps
 * for its own requests. Upstreams need not store anything.
 */
export default defineMiddleware({
  name: 'restore-conversation',
  after: ['validate'],
  before: ['resolve-model'],
  create(_options, { config, responses, log }) {
    /** The stores that a request may use, the nearest first. */
    function storesOf(req: Request): ResponseStore[] {
      const session = sessionOf(req);
      return [...(session ? [session.responses] : []), ...(responses ? [responses] : [])];
    }

    function keep(store: ResponseStore, stored: StoredResponse): void {
      store.put(stored).catch((error: unknown) => log.warn('a response could not be stored', { error }));
    }

    async function restore(exchange: Exchange, req: Request): Promise<void> {
      const { request } = exchange;
      const { previous_response_id: previousId, store: isStored } = request;
      const owner = ownerOf(exchange.clientId, req.ip);
      const finder = new ConversationFinder(storesOf(req), owner, config.responsesMaxRestoredBytes);
      const before = previousId ? await finder.readChain(previousId) : [];
      const input: CanonicalInputItem[] = [];
      for (const [index, item] of request.input.entries()) {
        input.push(await resolveItem(item as unknown as LooseItem, index, finder));
      }
      request.input = [...before, ...input];
      delete request.previous_response_id;
      request.store = false;
      const updated = takeConfigurationUpdates(request);
      if (updated !== request) {
        exchange.request = updated;
        const { reasoning, text } = updated;
        exchange.body = { ...(exchange.body as object), ...(reasoning && { reasoning }), ...(text && { text }) };
      }

      exchange.answerId = randomUUID().replaceAll('-', '');
      const kept = (isStored ? responses : undefined) ?? sessionOf(req)?.responses;
      if (!kept) return;
      // The answer tells the client whether it can be retrieved later.
      if (isStored && kept !== responses) exchange.body = { ...(exchange.body as object), store: false };
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
