import type { ClientApi, RequestContext } from '../lib/apis/api.ts';
import { createValidator } from '../lib/apis/body-validation.ts';
import { defineMiddleware, type Exchange } from '../lib/chain/middleware.ts';
import { OpenCompatError } from '../lib/errors.ts';

/** Turns a body into a canonical request, or into an outline where only an upstream of the same API may accept it. */
type Reader = (exchange: Exchange, context: RequestContext) => void;

interface ApiReader {
  read: Reader;
  /** Does ahead the work that the first request would wait for. */
  compile(): void;
}

function createReader(api: ClientApi): ApiReader {
  const check = createValidator(api.schema);
  const { outline } = api;
  const checkOutline = outline && createValidator(outline.schema);

  function read(exchange: Exchange, context: RequestContext): void {
    const { body } = exchange;
    try {
      check(body);
      exchange.request = api.toCanonical(body, context);
    } catch (error) {
      if (!checkOutline || !(error instanceof OpenCompatError) || !passes(checkOutline, body)) throw error;
      exchange.request = outline.toCanonical(body, context);
      exchange.fault = error;
    }
  }
  return { read, compile: check.compile };
}

function passes(check: (body: unknown) => void, body: unknown): boolean {
  try {
    check(body);
    return true;
  } catch {
    return false;
  }
}

/**
 * Checks the body against its API's schema and puts it into canonical form. A fault that an upstream of the same API may accept
 * is kept as `exchange.fault`, and thrown if the request has to be translated.
 */
export default defineMiddleware({
  name: 'validate',
  after: ['parse-body'],
  create(_options, { config, apis, onListening }) {
    const readers = new Map(apis.map((api) => [api, createReader(api)]));
    // The others are compiled on first use: each takes up to 30 MB and 100 ms (measured 2026-11).
    onListening(() => readers.get(apis[0]!)?.compile());
    const defaults = { reasoningCompat: config.reasoningCompat };

    return function validate(req, _res, next) {
      const { exchange } = req;
      const { api } = exchange;
      const reader = api && readers.get(api);
      if (!reader) return next();
      const dropped = new Set<string>();
      reader.read(exchange, { headers: req.headers, defaults, ignore: (param) => dropped.add(param) });
      for (const param of dropped) exchange.ignore(param);
      exchange.untranslated = dropped;
      exchange.isStreaming = api.isStreaming(exchange.body);
      exchange.timings.validatedMs = performance.now();
      next();
    };
  },
});
