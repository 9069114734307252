/** The operator's console: a page, and its API (README.md). What it needs is loaded when somebody opens it. */

import type { ClientApi } from '../../lib/apis/api.ts';
import { chatCompletions } from '../../lib/apis/chat-completions/index.ts';
import { completions } from '../../lib/apis/completions/index.ts';
import { messages } from '../../lib/apis/messages/index.ts';
import { ollamaChat } from '../../lib/apis/ollama/index.ts';
import { responses } from '../../lib/apis/responses/index.ts';
import type { Handler, Request } from '../../lib/chain/middleware.ts';
import { OpenCompatError } from '../../lib/errors.ts';
import { defineRoute, type Route, type RouteServices } from '../../lib/server/route.ts';
import { presentedKey } from '../../middleware/client-auth.ts';
import { checkIsOn, enterConsole, nameAdmin, placeOf } from './entry.ts';

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
    createEntry(services) {
      const place = placeOf(services);
      return async function enter(req, _res, next) {
        await enterConsole(services, place, req);
        nameAdmin(req);
        next();
      };
    },
  });
}

/** What the chain would do with a request, which is not sent: for the console's page, an admin key, and the operator's command. */
function explaining(name: string, api: ClientApi): Route[] {
  const define = (path: string, enter: (services: RouteServices, req: Request) => Promise<void>) =>
    defineRoute({
      method: 'post',
      path,
      api,
      isExplained: true,
      createEntry: (services) => async (req, _res, next) => {
        await enter(services, req);
        services.log.info('a request is explained', { api: name, from: req.ip });
        next();
      },
      createHandler: (services) => async (req, res) => {
        const { explainerOf } = await import('../../lib/chain/explain.ts');
        res.set('cache-control', 'no-store').json(await explainerOf(req.exchange).explain(services));
      },
    });
  return [
    define(`/console/api/explain/${name}`, (services, req) => enterConsole(services, placeOf(services), req)),
    define(`/-/explain/${name}`, async ({ isOperator }, req) => {
      if (!isOperator(presentedKey(req))) throw new OpenCompatError('OC_NOT_OPERATOR');
    }),
  ];
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
