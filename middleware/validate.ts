import { createValidator } from '../lib/apis/body-validation.ts';
import { defineMiddleware } from '../lib/chain/middleware.ts';

/** Checks the body against its API's schema and puts it into canonical form. */
export default defineMiddleware({
  name: 'validate',
  after: ['parse-body'],
  create(_options, { config, apis, onListening }) {
    const validators = new Map(apis.map((api) => [api, createValidator(api.schema)]));
    // The others are compiled when they are first asked for: each takes up to 30 MB and 100 ms (measured 2026-11).
    onListening(() => validators.get(apis[0]!)?.compile());
    const defaults = { reasoningCompat: config.reasoningCompat };

    return function validate(req, _res, next) {
      const { exchange } = req;
      const { api, body } = exchange;
      const check = api && validators.get(api);
      if (!check) return next();
      check(body);
      exchange.request = api.toCanonical(body, {
        headers: req.headers,
        defaults,
        ignore: (param) => exchange.ignore(param),
      });
      exchange.isStreaming = api.isStreaming(body);
      next();
    };
  },
});
