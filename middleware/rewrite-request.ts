import { OpenCompatError } from '../lib/errors.ts';
import { defineMiddleware } from '../lib/middleware.ts';

/** Builds the upstream request: what the provider's backend accepts of the canonical one, in the form it wants. */
export default defineMiddleware({
  name: 'rewrite-request',
  after: ['resolve-model'],
  create(_options, { config }) {
    return function rewriteRequest(req, _res, next) {
      const { exchange } = req;
      const { choices = 1 } = exchange.request;
      if (choices > config.maxChoices) {
        throw new OpenCompatError(
          'OC_INVALID_VALUE',
          {
            reason: `Invalid 'n': integer above maximum value. Expected a value <= ${config.maxChoices}, but got ${choices} instead.`,
          },
          { param: 'n', publicCode: 'integer_above_max_value' },
        );
      }
      exchange.buildUpstream = () => {
        const { model, id, clientName, log } = exchange;
        exchange.upstream = model.provider.buildRequest(exchange.request, {
          model,
          id,
          clientName,
          log,
          ignore: (param) => exchange.ignore(param),
        });
      };
      exchange.buildUpstream();
      next();
    };
  },
});
