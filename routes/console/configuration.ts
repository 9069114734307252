import type { Router } from 'express';
import { previewAliases, readAliases, saveAliases, showAliases } from '../../lib/console/aliases.ts';
import { describeModels } from '../../lib/console/models.ts';
import { toShownFault } from '../../lib/console/shown-fault.ts';
import type { ReloadReport } from '../../lib/server/config-state.ts';
import { type ConsoleContext, entrantOf } from './context.ts';

function toAnswer(report: ReloadReport): object {
  return { ...report, ...(report.faults && { faults: report.faults.map(toShownFault) }) };
}

export function mountConfiguration(router: Router, { services, logChange }: ConsoleContext): void {
  const { config, reloads } = services;
  router.get('/api/models', async (_req, res) => {
    res.json(await describeModels(services));
  });
  router.get('/api/aliases', async (_req, res) => {
    res.json(await showAliases(config));
  });
  router.post('/api/aliases/preview', async (req, res) => {
    res.json(await previewAliases(config, readAliases(req.body.aliases)));
  });
  router.put('/api/aliases', async (req, res) => {
    const reason = `the console, by ${entrantOf(res).admin.name}`;
    const report = await saveAliases(config, readAliases(req.body.aliases), () => reloads.reload(reason));
    logChange(res, 'the aliases were saved', { outcome: report.outcome });
    res.json(toAnswer(report));
  });
  router.post('/api/reload', async (_req, res) => {
    res.json(toAnswer(await reloads.reload(`the console, by ${entrantOf(res).admin.name}`)));
  });
}
