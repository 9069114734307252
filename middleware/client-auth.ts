import { defineMiddleware, type Request } from '../lib/chain/middleware.ts';
import { OpenCompatError } from '../lib/errors.ts';
import { createClientKeyLookup } from '../lib/usage/client-keys.ts';

/**
 * `Authorization: Bearer KEY` (RFC 6750 §2.1, https://www.rfc-editor.org/rfc/rfc6750#section-2.1), or the other header that
 * SDKs use.
 */
function presentedKey(req: Request): string | undefined {
  const { authorization } = req.headers;
  const bearer = authorization && /^bearer +(\S+) *$/i.exec(authorization)?.[1];
  if (bearer) return bearer;
  const other = req.headers['x-api-key'];
  return typeof other === 'string' && other !== '' ? other : undefined;
}

/** Identifies the client. Where client keys are configured, refuses requests without one. */
export default defineMiddleware({
  name: 'client-auth',
  create(_options, { config }) {
    const findKey = createClientKeyLookup(config);

    return function clientAuth(req, _res, next) {
      const { exchange } = req;
      exchange.clientId = req.ip ?? '';
      exchange.clientName = exchange.clientId;
      if (!findKey) return next();
      const key = presentedKey(req);
      if (key === undefined)
        throw new OpenCompatError('OC_MISSING_API_KEY', {}, { headers: { 'www-authenticate': 'Bearer' } });
      const found = findKey(key);
      if (!found) throw new OpenCompatError('OC_INVALID_API_KEY', {}, { headers: { 'www-authenticate': 'Bearer' } });
      exchange.clientId = found.id;
      exchange.clientName = found.name;
      next();
    };
  },
});
