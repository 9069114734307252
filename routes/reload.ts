import { OpenCompatError } from '../lib/errors.ts';
import { defineRoute } from '../lib/server/route.ts';
import { presentedKey } from '../middleware/client-auth.ts';

/** Takes up a changed configuration, and tells what has become of it. For `opencompat reload`, which has the key of the server's run. */
export default defineRoute({
  method: 'post',
  path: '/-/reload',
  through: 'cors',
  createHandler({ reloads, isOperator }) {
    return async function reload(req, res) {
      if (!isOperator(presentedKey(req))) throw new OpenCompatError('OC_NOT_OPERATOR');
      res.json(await reloads.reload('the operator'));
    };
  },
});
