import type { Request } from 'express';
import { OpenCompatError } from '../lib/errors.ts';
import { readWish } from '../lib/recorder/recordings.ts';
import { defineRoute, type Route, type RouteServices } from '../lib/server/route.ts';
import { presentedKey } from '../middleware/client-auth.ts';

/** Starts, stops or tells of the recording of requests. For commands on its machine, which have the key of the server's run. */
function recording(
  method: 'get' | 'post' | 'delete',
  apply: (services: RouteServices, req: Request) => unknown,
): Route {
  return defineRoute({
    method,
    path: '/-/record',
    through: 'cors',
    createHandler(services) {
      return async function record(req, res) {
        if (!services.isOperator(presentedKey(req))) throw new OpenCompatError('OC_NOT_OPERATOR');
        await apply(services, req as never);
        res.json(services.recordings.stateOf(services.currentConfig().record));
      };
    },
  });
}

export const showRecording = recording('get', () => {});

export const startRecording = recording('post', async ({ recordings, currentConfig }, { query }) => {
  const { isKeyName } = await import('../lib/usage/made-keys.ts');
  recordings.start(
    readWish(query, (name) => isKeyName(currentConfig(), name)),
    'the operator',
  );
});

export const stopRecording = recording('delete', ({ recordings }) => recordings.stop('the operator'));
