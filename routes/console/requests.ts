import type { Router } from 'express';
import { findCaptureOf } from '../../lib/console/captures.ts';
import { openState } from '../../lib/console/console.ts';
import { watchRequests } from '../../lib/console/live.ts';
import { addUpUsage, findRequest, findRequests } from '../../lib/console/requests.ts';
import { type ConsoleContext, entrantOf } from './context.ts';

export function mountRequests(router: Router, { services, access, place }: ConsoleContext): void {
  const { config } = services;
  router.get('/api/requests', (req, res) => {
    res.json(findRequests(config, req.query));
  });
  router.get('/api/requests/:id', async (req, res) => {
    const { id } = req.params;
    res.json({ ...findRequest(config, id), capture: await findCaptureOf(config, id) });
  });
  router.get('/api/usage', async (req, res) => {
    res.json({ sums: await addUpUsage(services, req.query) });
  });
  router.get('/api/live', (req, res) => {
    const { session } = entrantOf(res);
    const isStillIn = () => session === undefined || access.sessionOf(req) !== undefined;
    watchRequests(res, openState(place, services).watchers, services, isStillIn);
  });
}
