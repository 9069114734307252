import { randomUUID } from 'node:crypto';
import { withNewestMarks } from '../lib/apis/messages/cache-marks.ts';
import type { MessagesRequest } from '../lib/apis/messages/index.ts';
import { defineMiddleware, type Exchange, type Request } from '../lib/chain/middleware.ts';
import { OpenCompatError } from '../lib/errors.ts';
import { ownerOf } from '../lib/kept/response-store.ts';
import { SharedClaims } from '../lib/kept/shared-claims.ts';
import { Threads } from '../lib/kept/threads.ts';
import { asObject } from '../lib/lenient-json.ts';
import { whenClosed } from '../lib/when-closed.ts';

/** What a thread keeps from its first request on. */
const createOnly = ['system', 'tools'] as const;

/**
 * Puts the conversation that is held here before the messages of a request that continues a thread, and has the answer of every
 * request with a thread held (Messages only). To the boxes behind it the request is one with all its messages.
 */
export default defineMiddleware({
  name: 'restore-thread',
  after: ['parse-body'],
  before: ['validate'],
  create(_options, { config, responses, redis, log, lasting }) {
    const claims = redis && lasting.open('threads in flight', {}, () => new SharedClaims(redis));
    const threads = responses && new Threads(responses, config.responsesMaxRestoredBytes, claims);

    async function restore(exchange: Exchange, req: Request, held: Threads): Promise<void> {
      const { thread, ...body } = exchange.body as MessagesRequest;
      const { type, previous_message_id: previousId } = asObject(thread) ?? {};
      // Others are refused with what they say.
      if (type !== 'create' && (type !== 'continue' || typeof previousId !== 'string')) return;
      if (!Array.isArray(body.messages)) return;
      const owner = ownerOf(exchange.clientId, req.ip);
      let whole: MessagesRequest = body;
      let kept: Promise<void> = Promise.resolve();
      if (typeof previousId === 'string') {
        const given = createOnly.filter((field) => body[field] != null);
        if (given.length > 0) throw new OpenCompatError('OC_THREAD_CHANGED', {}, { param: given[0] });
        const { messages, ...begun } = await held.take(owner, previousId);
        // Kept first: who comes then is told that the thread has gone on.
        whenClosed(req.res!, () => void kept.finally(() => held.release(owner, previousId)));
        const all = { ...body, ...begun, messages: [...messages, ...body.messages] };
        whole = { ...all, messages: withNewestMarks(all, messages.length) } as MessagesRequest;
      }
      exchange.body = whole;
      exchange.answerId = randomUUID().replaceAll('-', '');
      exchange.keepMessage = ({ id, content }) => {
        const { system, tools, messages } = whole;
        const state = { messages: [...messages, { role: 'assistant', content }], system, tools };
        kept = held
          .keep(owner, id, state, previousId as string | undefined)
          .catch((error: unknown) => log.warn('a thread could not be stored', { error }));
      };
    }

    return async function restoreThread(req, _res, next) {
      const { exchange } = req;
      const isThread = exchange.api?.name === 'messages' && asObject(exchange.body)?.thread != null;
      if (isThread && threads) await restore(exchange, req, threads);
      next();
    };
  },
});
