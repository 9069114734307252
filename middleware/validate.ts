import type { ClientApi } from '../lib/apis/api.ts';
import { defineMiddleware } from '../lib/middleware.ts';
import { createValidator } from '../lib/validation.ts';

type Validator = ReturnType<typeof createValidator>;

/** Checks the body against its API's schema and puts it into canonical form. */
export default defineMiddleware({
  name: 'validate',
  after: ['parse-body'],
  create(_options, { config }) {
    const validators = new Map<ClientApi, Validator>();
    const defaults = { reasoningCompat: config.reasoningCompat };

    function validatorOf(api: ClientApi): Validator {
      const validator = validators.get(api) ?? createValidator(api.schema);
      validators.set(api, validator);
      return validator;
    }

    return function validate(req, _res, next) {
      const { exchange } = req;
      const { api, body } = exchange;
      if (!api) return next();
      validatorOf(api)(body);
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
