/** The operator's console: a page, and its API (README.md). What it needs is loaded when somebody opens it. */

import type { ClientApi } from '../../lib/apis/api.ts';
import { chatCompletions } from '../../lib/apis/chat-completions/index.ts';
import { completions } from '../../lib/apis/completions/index.ts';
import { messages } from '../../lib/apis/messages/index.ts';
import { ollamaChat } from '../../lib/apis/ollama/index.ts';
import { responses } from '../../lib/apis/responses/index.ts';
import type { Handler } from '../../lib/chain/middleware.ts';
import { OpenCompatError } from '../../lib/errors.ts';
import { defineRoute, type Explained, type Route } from '../../lib/server/route.ts';
import { presentedKey } from '../../middleware/client-auth.ts';
import { toAdmins, toOperator } from './explained.ts';
import { checkIsOn, enterAsConsole, placeOf } from './place.ts';

/** The page and its API. */
const console = defineRoute({
  method: 'use',
  path: '/console',
  through: 'cors',
  createHandler(services) {
    const place = placeOf(services);
    let router: Handler | undefined;
    return async function openConsole(req, res, next) {
      checkIsOn(services);
      router ??= (await import('./router.ts')).createConsoleRouter(services, place);
      return router(req, res, next);
    };
  },
});

/** A text that opens the console, once, for `opencompat console`, which has the key of the server's run. */
const ticket = defineRoute({
  method: 'post',
  path: '/-/console',
  through: 'cors',
  createHandler(services) {
    const place = placeOf(services);
    return async function giveTicket(req, res) {
      if (!services.isOperator(presentedKey(req))) throw new OpenCompatError('OC_NOT_OPERATOR');
      checkIsOn(services);
      const { openState } = await import('../../lib/console/console.ts');
      res.set('cache-control', 'no-store').json({ ticket: openState(place, services).access.sessions.createTicket() });
    };
  },
});

/** A request of an API through the whole chain, as the client `console`. */
function trying(name: string, api: ClientApi): Route {
  return defineRoute({
    method: 'post',
    path: `/console/api/try/${name}`,
    api,
    createEntry: enterAsConsole,
  });
}

/** What the chain would do with a request: for the console's page and scripts, and for the operator's command. */
function explaining(name: string, api: ClientApi): Route[] {
  const define = (path: string, by: Explained) =>
    defineRoute({ method: 'post', path, api, explained: { ...by, isAlways: true } });
  return [define(`/console/api/explain/${name}`, toAdmins), define(`/-/explain/${name}`, toOperator)];
}

const routes: readonly Route[] = [
  ...explaining('chat', chatCompletions),
  ...explaining('responses', responses),
  ...explaining('messages', messages),
  ...explaining('completions', completions),
  ...explaining('ollama', ollamaChat),
  trying('chat', chatCompletions),
  trying('responses', responses),
  trying('messages', messages),
  trying('completions', completions),
  trying('ollama', ollamaChat),
  console,
  ticket,
];
export default routes;
