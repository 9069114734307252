/** The console's paths, below `/console`. Loaded when somebody opens it. */
import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import { usualMaxValues } from '../../lib/bounded-json.ts';
import type { Handler } from '../../lib/chain/middleware.ts';
import { createBodyReader, parseJsonBody } from '../../lib/chain/request-body.ts';
import { checkOrigin } from '../../lib/console/access.ts';
import { type ConsolePlace, openAccess } from '../../lib/console/console.ts';
import { readAsset, readPage } from '../../lib/console/page-files.ts';
import { OpenCompatError } from '../../lib/errors.ts';
import { asObject } from '../../lib/lenient-json.ts';
import type { RouteServices } from '../../lib/server/route.ts';
import { mountAccounts } from './accounts.ts';
import { mountCaptures } from './captures.ts';
import { mountConfiguration } from './configuration.ts';
import { type ConsoleContext, entrantOf } from './context.ts';
import { mountKeys } from './keys.ts';
import { mountOverview } from './overview.ts';
import { mountRequests } from './requests.ts';
import { mountSession } from './session.ts';

/** Largest body of the console's own API, in bytes. */
const maxBodyBytes = 262_144;

export function createConsoleRouter(services: RouteServices, place: ConsolePlace): Handler {
  const router = express.Router();
  const access = openAccess(place, services);
  const context: ConsoleContext = {
    services,
    access,
    place,
    logChange: (res, what, facts) =>
      services.log.info(`console: ${what}`, { by: entrantOf(res).admin.name, from: res.req.ip, ...facts }),
  };
  mountPage(router);
  router.use('/api', (req, res, next) => {
    checkOrigin(req);
    res.set('cache-control', 'no-store');
    next();
  });
  router.use('/api', readBody);
  mountSession(router, context);
  // Everything below is for those alone who are signed in.
  router.use('/api', (req, res, next) => {
    res.locals.entrant = access.enter(req);
    next();
  });
  mountOverview(router, context);
  mountRequests(router, context);
  mountCaptures(router, context);
  mountKeys(router, context);
  mountAccounts(router, context);
  mountConfiguration(router, context);
  // A path with invalid escapes (`%ff`).
  router.use((error: unknown, _req: Request, _res: Response, next: NextFunction) => {
    next(error instanceof URIError ? new OpenCompatError('OC_CONSOLE_NOT_FOUND', { what: 'such path' }) : error);
  });
  router.use((req) => {
    throw new OpenCompatError('OC_CONSOLE_NOT_FOUND', { what: `${req.method} ${req.baseUrl}${req.path}` });
  });
  return router as unknown as Handler;
}

function mountPage(router: Router): void {
  router.get('/', async (req, res) => {
    // The page's own addresses are relative to it.
    if (!new URL(req.originalUrl, 'http://console').pathname.endsWith('/')) {
      res.set('location', 'console/').status(308).end();
      return;
    }
    const { policy, ...page } = await readPage();
    res.set('content-security-policy', policy);
    sendFile(req, res, page);
  });
  router.get('/assets/*name', async (req, res) => {
    const name = (req.params.name as unknown as string[]).join('/');
    const file = await readAsset(name);
    if (!file) throw new OpenCompatError('OC_CONSOLE_NOT_FOUND', { what: 'such file' });
    sendFile(req, res, file);
  });
}

function sendFile(
  req: Request,
  res: Response,
  { body, contentType, etag }: { body: Buffer; contentType: string; etag: string },
): void {
  res.set({ etag, 'cache-control': 'no-cache', 'cross-origin-resource-policy': 'same-origin' });
  if (req.headers['if-none-match'] === etag) res.status(304).end();
  else res.set('content-type', contentType).end(req.method === 'HEAD' ? undefined : body);
}

const read = createBodyReader(
  maxBodyBytes,
  () => new OpenCompatError('OC_INVALID_VALUE', { reason: 'The body is too large.' }, { status: 413 }),
);

/** @throws OpenCompatError for a body that is no JSON object, or too large */
async function readBody(req: Request, res: Response, next: NextFunction): Promise<void> {
  const bytes = await read(req, res);
  const body = bytes.length === 0 ? {} : asObject(parseJsonBody(bytes, req, usualMaxValues));
  if (!body) throw new OpenCompatError('OC_INVALID_JSON', { reason: 'expected an object' });
  req.body = body;
  next();
}
