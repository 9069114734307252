import type { Router } from 'express';
import { addKey, editKey, listKeys, removeKey } from '../../lib/console/keys.ts';
import type { ConsoleContext } from './context.ts';

export function mountKeys(router: Router, { services, logChange }: ConsoleContext): void {
  const { config } = services;
  router.get('/api/keys', async (_req, res) => {
    res.json({ keys: await listKeys(services) });
  });
  router.post('/api/keys', async (req, res) => {
    const made = await addKey(config, req.body);
    logChange(res, 'a client key was made', { key: req.body.name });
    res.status(201).json(made);
  });
  router.patch('/api/keys/:name', async (req, res) => {
    const changed = await editKey(config, req.params.name, req.body);
    logChange(res, 'a client key was changed', { key: req.params.name });
    res.json(changed);
  });
  router.delete('/api/keys/:name', async (req, res) => {
    await removeKey(config, req.params.name);
    logChange(res, 'a client key was revoked', { key: req.params.name });
    res.status(204).end();
  });
}
