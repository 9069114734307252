import { createHash } from 'node:crypto';
import { defineMiddleware, type GivenAnswer } from 'opencompat';

const beside = (name: string) => new URL(name, import.meta.url);

/**
 * Gives embeddings, and answers of temperature 0, again: to the same client for the same request. Admins see how many there are,
 * and empty it.
 */
export default defineMiddleware({
  name: 'answer-cache',
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      entries: { type: 'integer', minimum: 1, maximum: 100_000, default: 500 },
      seconds: { type: 'integer', minimum: 1, default: 3600 },
    },
  },
  create({ entries, seconds }, { addRoute, lasting, metrics }) {
    // The oldest first. It outlives a reload.
    const kept = lasting.open('answers', { entries }, () => new Map<string, { given: GivenAnswer; endsMs: number }>());
    const uses = metrics.counter('answer_cache_total', 'Requests that could be answered from the cache', ['result']);

    function keep(key: string, given: GivenAnswer): void {
      kept.delete(key);
      kept.set(key, { given, endsMs: Date.now() + seconds * 1000 });
      if (kept.size > entries) kept.delete(kept.keys().next().value ?? '');
    }

    for (const name of ['cache.html', 'cache.js']) {
      addRoute({ method: 'get', path: `/${name}`, guard: 'admin', file: beside(`answer-cache/${name}`) });
    }
    addRoute({
      method: 'get',
      path: '/answers',
      guard: 'admin',
      handler: (_req, res) => void res.json({ kept: kept.size, entries }),
    });
    addRoute({
      method: 'delete',
      path: '/answers',
      guard: 'admin',
      handler(_req, res) {
        kept.clear();
        res.status(204).end();
      },
    });

    return function cacheAnswers({ exchange }, _res, next) {
      const { request, model, clientId } = exchange;
      // A request with several answers is asked anew: they are to differ.
      const isSure = request.temperature === 0 && exchange.answers === 1 && (request.choices ?? 1) === 1;
      if (!request.embeddings && (!isSure || request.moreInputs)) return next();
      const { stream: _, ...asked } = request;
      const text = JSON.stringify([clientId, model.provider.name, model.id, asked]);
      const key = createHash('sha256').update(text).digest('base64');
      const found = kept.get(key);
      if (found && found.endsMs > Date.now()) {
        uses.inc({ result: 'hit' });
        exchange.answer(found.given);
        return next();
      }
      uses.inc({ result: 'miss' });
      exchange.onEvent((event, emit) => {
        if (event.type === 'response.completed') keep(key, { output: event.response.output });
        emit(event);
      });
      exchange.onVectors(({ vectors }) => keep(key, { vectors }));
      next();
    };
  },
});
