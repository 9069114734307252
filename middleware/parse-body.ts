import { defineMiddleware } from '../lib/chain/middleware.ts';
import { createBodyReader, parseJsonBody } from '../lib/chain/request-body.ts';
import { OpenCompatError } from '../lib/errors.ts';

/**
 * Reads the JSON body, up to `maxBodyBytes` and `maxBodyValues`, compressed or not. Any media type is taken for JSON (`curl
 * -d` says form data); `host-guard` stops other sites' pages, which could exploit that.
 */
export default defineMiddleware({
  name: 'parse-body',
  after: ['host-guard'],
  // The server's own `requestTimeout` bounds how long a body may take.
  mayWait: true,
  create(_options, { config }) {
    const { maxBodyBytes: limitBytes, maxBodyValues } = config;
    const read = createBodyReader(limitBytes, () => new OpenCompatError('OC_BODY_TOO_LARGE', { limitBytes }));

    return async function parseBody(req, res, next) {
      req.exchange.body = parseJsonBody(await read(req, res), req, maxBodyValues);
      next();
    };
  },
});
