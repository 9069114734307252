import type { Router } from 'express';
import { openState } from '../../lib/console/console.ts';
import { signOutOf } from '../../lib/console/sign-ins.ts';
import type { ConsoleContext } from './context.ts';

export function mountAccounts(router: Router, { services, place, logChange }: ConsoleContext): void {
  const { signIns } = openState(place, services);
  router.post('/api/sign-ins/:provider', async (req, res) => {
    const { provider } = req.params;
    const begun = await signIns.begin(provider, services);
    logChange(res, 'a sign-in was begun', { provider });
    res.status(201).json(begun);
  });
  router
    .route('/api/sign-ins/:id')
    .get((req, res) => {
      res.json(signIns.stateOf(req.params.id));
    })
    .delete((req, res) => {
      signIns.giveUp(req.params.id);
      res.status(204).end();
    });
  router.delete('/api/accounts/:provider', async (req, res) => {
    const { provider } = req.params;
    const ended = await signOutOf(provider, services);
    logChange(res, 'a sign-in was ended', { provider });
    res.json(ended);
  });
}
