import type { Router } from 'express';
import { viewCapture } from '../../lib/console/capture-view.ts';
import {
  archiveOf,
  deleteCapture,
  linesOfCapture,
  listCaptures,
  pathOfCapture,
  readPiece,
} from '../../lib/console/captures.ts';
import { asGiven } from '../../lib/console/query.ts';
import { captureExtension } from '../../lib/recorder/capture.ts';
import { readWish } from '../../lib/recorder/recordings.ts';
import { isKeyName } from '../../lib/usage/made-keys.ts';
import { type ConsoleContext, entrantOf } from './context.ts';

export function mountCaptures(router: Router, context: ConsoleContext): void {
  mountRecording(router, context);
  const { services, logChange } = context;
  const { config } = services;
  router.get('/api/captures', async (req, res) => {
    res.json(await listCaptures(config, req.query));
  });
  router
    .route('/api/captures/:name')
    .get(async (req, res) => {
      const { name } = req.params;
      const { bytes } = await pathOfCapture(config, name);
      const attempt = asGiven(req.query.attempt);
      const lines = linesOfCapture(config, name);
      res.json({ bytes, ...(await viewCapture(lines, attempt === undefined ? undefined : Number(attempt))) });
    })
    .delete(async (req, res) => {
      await deleteCapture(config, req.params.name);
      logChange(res, 'a capture was deleted', { capture: req.params.name });
      res.status(204).end();
    });
  router.get('/api/captures/:name/content', async (req, res) => {
    res.json(await readPiece(config, req.params.name, req.query));
  });
  router.get('/api/captures/:name/file', async (req, res, next) => {
    const { path } = await pathOfCapture(config, req.params.name);
    // The data folder is often below one whose name begins with a dot.
    const options = {
      dotfiles: 'allow',
      cacheControl: false,
      headers: { 'content-type': 'application/x-ndjson' },
    } as const;
    res.download(path, req.params.name, options, (error) => {
      if (error && !res.headersSent) next(error);
    });
  });
  router.get('/api/captures/:name/har', async (req, res) => {
    const { name } = req.params;
    const archive = await archiveOf(config, name);
    res.attachment(name.replace(captureExtension, '.har')).json(archive);
  });
}

function mountRecording(router: Router, { services }: ConsoleContext): void {
  const { recordings, currentConfig } = services;
  const state = () => recordings.stateOf(currentConfig().record);
  const byWhom = (res: Parameters<typeof entrantOf>[0]) => `the console, by ${entrantOf(res).admin.name}`;
  router
    .route('/api/recording')
    .get((_req, res) => {
      res.json(state());
    })
    .post((req, res) => {
      recordings.start(
        readWish(req.body, (name) => isKeyName(currentConfig(), name)),
        byWhom(res),
      );
      res.json(state());
    })
    .delete((_req, res) => {
      recordings.stop(byWhom(res));
      res.json(state());
    });
}
