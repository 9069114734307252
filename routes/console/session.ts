/** Signing in to the console, and out. */
import type { Router } from 'express';
import { howToSignIn } from '../../lib/console/access.ts';
import type { Session } from '../../lib/console/sessions.ts';
import { OpenCompatError } from '../../lib/errors.ts';
import { version } from '../../lib/version.ts';
import type { ConsoleContext } from './context.ts';

function toAnswer({ csrf, expiresAtMs }: Session): object {
  return { csrf, expiresAt: new Date(expiresAtMs).toISOString(), version };
}

export function mountSession(router: Router, { access }: ConsoleContext): void {
  router
    .route('/api/session')
    .get((req, res) => {
      const session = access.sessionOf(req);
      if (session) {
        res.json(toAnswer(session));
        return;
      }
      const { status, public: told } = new OpenCompatError('OC_CONSOLE_SIGNED_OUT');
      const message = access.ways.includes('key') ? told.message : howToSignIn;
      res.status(status).json({ error: { code: told.code, message }, ways: access.ways });
    })
    .post((req, res) => {
      res.json(toAnswer(access.signIn(req, res, req.body)));
    })
    .delete((req, res) => {
      access.signOut(req, res, access.enter(req));
      res.status(204).end();
    });
}
