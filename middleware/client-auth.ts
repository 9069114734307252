import { ipKeyGenerator } from 'express-rate-limit';
import { defineMiddleware, type Request } from '../lib/chain/middleware.ts';
import { OpenCompatError } from '../lib/errors.ts';
import { EventSum } from '../lib/event-sum.ts';
import { checkKeyIsGood, openClientKeys } from '../lib/usage/client-keys.ts';
import { KeyFile, keyFilePathOf } from '../lib/usage/key-file.ts';
import { WrongKeys } from '../lib/usage/wrong-keys.ts';

const windowMs = 60_000;

/** The headers of Anthropic's SDKs and of Azure's clients. */
const otherHeaders = ['x-api-key', 'api-key'] as const;

/**
 * `Authorization: Bearer KEY` (RFC 6750 §2.1, https://www.rfc-editor.org/rfc/rfc6750#section-2.1), or the other headers that
 * SDKs use.
 */
export function presentedKey({ headers }: Request): string | undefined {
  const bearer = headers.authorization && /^bearer +(\S+) *$/i.exec(headers.authorization)?.[1];
  if (bearer) return bearer;
  return otherHeaders.map((name) => headers[name]).find((key) => typeof key === 'string' && key !== '') as
    | string
    | undefined;
}

/**
 * Identifies the client. Where there are client keys, in the configuration or made by `opencompat keys`, refuses requests without one, and addresses that send many wrong
 * ones (IPv6 by their /56).
 */
export default defineMiddleware({
  name: 'client-auth',
  create(_options, { config, log, lasting }) {
    const keys = openClientKeys(config, new KeyFile(keyFilePathOf(config.dataDir), log));
    const limit = config.wrongKeyLimit;
    const wrongKeys =
      limit > 0 ? lasting.open('wrong keys', limit, () => new WrongKeys({ limit, windowMs })) : undefined;
    const refused = new EventSum(windowMs, (requests) => {
      log.warn('requests with wrong client keys were refused unread', { requests });
    });

    /** @throws OpenCompatError OC_TOO_MANY_WRONG_KEYS */
    function noteKey(req: Request, keyId: string | undefined): void {
      const refusedForMs = wrongKeys?.note(ipKeyGenerator(req.ip ?? ''), keyId) ?? 0;
      if (refusedForMs === 0) return;
      refused.add();
      const retryAfterS = Math.max(1, Math.ceil(refusedForMs / 1000));
      throw new OpenCompatError('OC_TOO_MANY_WRONG_KEYS', { retryAfterS }, { retryAfterS });
    }

    return function clientAuth(req, _res, next) {
      const { exchange } = req;
      exchange.clientName = req.ip ?? '';
      if (!keys.areNeeded()) {
        exchange.clientId = exchange.clientName;
        return next();
      }
      const key = presentedKey(req);
      if (key === undefined)
        throw new OpenCompatError('OC_MISSING_API_KEY', {}, { headers: { 'www-authenticate': 'Bearer' } });
      const found = keys.find(key);
      noteKey(req, found?.id);
      if (!found) throw new OpenCompatError('OC_INVALID_API_KEY', {}, { headers: { 'www-authenticate': 'Bearer' } });
      checkKeyIsGood(found, Date.now());
      exchange.clientKey = found;
      exchange.clientId = found.id;
      exchange.clientName = found.name;
      next();
    };
  },
});
