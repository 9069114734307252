import type { Router } from 'express';
import { describeServer } from '../../lib/console/overview.ts';
import type { ConsoleContext } from './context.ts';

export function mountOverview(router: Router, { services }: ConsoleContext): void {
  router.get('/api/overview', async (_req, res) => {
    res.json(await describeServer(services));
  });
}
