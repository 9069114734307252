/** Who may have a request explained. A client key alone never opens it: an explanation tells of the server's set-up. */
import { OpenCompatError } from '../../lib/errors.ts';
import type { Explained, RouteServices } from '../../lib/server/route.ts';
import { presentedKey } from '../../middleware/client-auth.ts';
import { enter } from './place.ts';

function logTo({ log }: RouteServices, from: string | undefined, api: string | undefined): void {
  log.info('a request is explained', { api, from });
}

/** To an admin key in any of the headers for keys, and to a session of the console. */
export const toAdmins: Explained = {
  createEntry(services) {
    return async function enterAdmin(req, _res, next) {
      await enter(services, req, presentedKey(req));
      logTo(services, req.ip, req.exchange.api?.name);
      next();
    };
  },
};

/** To the operator's command, which has the key of the server's run. */
export const toOperator: Explained = {
  createEntry(services) {
    return function enterOperator(req, _res, next) {
      if (!services.isOperator(presentedKey(req))) throw new OpenCompatError('OC_NOT_OPERATOR');
      logTo(services, req.ip, req.exchange.api?.name);
      next();
    };
  },
};
