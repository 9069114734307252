/** The Express application: every route with its chain, and the answers to requests that match none. */
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { type BoxName, defaultChain } from '../chain/default-chain.ts';
import { describeModel } from '../chain/describe-model.ts';
import { answerWithError } from '../chain/error-answer.ts';
import { type HttpExchange, openExchange } from '../chain/exchange.ts';
import { type ExplainServices, observed } from '../chain/explain.ts';
import type { Handler } from '../chain/middleware.ts';
import type { ChainBox, Pipeline } from '../chain/pipeline.ts';
import { OpenCompatError } from '../errors.ts';
import { createSlipFinder, SlipNotices } from './base-url-slips.ts';
import { stripForwardedPorts } from './forwarded-for.ts';
import type { Route, RouteServices } from './route.ts';

/** Puts an exchange on a request, which its chain is about to take. */
type Opener = (route?: Route, isResumption?: true) => RequestHandler;

/** @param live holds every exchange from its beginning to its end */
export function createApp(pipeline: Pipeline, services: RouteServices, live: Set<HttpExchange>): express.Express {
  const { config, log, apis } = services;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('trust proxy', config.trustedProxies.length > 0 ? [...config.trustedProxies] : false);

  if (config.trustedProxies.length > 0) {
    app.use((req, _res, next) => {
      stripForwardedPorts(req.headers);
      next();
    });
  }
  const openFor = createOpener(services, live);
  const outer = boxesThrough(pipeline.chainOf(undefined), 'cors');
  // RFC 9112 §3.2 (https://www.rfc-editor.org/rfc/rfc9112#section-3.2) wants a 400: with two Hosts, a proxy and this server may
  // each believe another one.
  const malformed = express.Router().use(openFor(), ...boxesThrough(pipeline.chainOf(undefined), 'access-log'), () => {
    throw new OpenCompatError('OC_MALFORMED_HTTP');
  });
  app.use((req, res, next) => (countHosts(req.rawHeaders) > 1 ? malformed(req, res, next) : next()));
  mountRoutes(app, pipeline, services, openFor);
  mountOtherMethods(app, services.routes, [openFor(), ...outer]);
  app.use(createSlipHandler(app, services));
  const unknown = express.Router().use(openFor(), ...outer, (req) => {
    throw new OpenCompatError('OC_UNKNOWN_URL', { method: req.method, path: req.path });
  });
  app.use(unknown);
  // A path with invalid escapes (`%ff`) fails in Express, before any chain.
  app.use((error: unknown, req: Request, res: Response, next: NextFunction) => {
    if (error instanceof URIError && !req.exchange) unknown(req, res, next);
    else next(error);
  });
  app.use((error: unknown, req: Request, res: Response, _next: NextFunction) =>
    answerWithError(error, req, res, { log, apis }),
  );
  return app;
}

/** Answers requests for a stream that outlives its connection, and those that go on with one; all others pass. */
function createResumer(
  route: Route,
  chain: readonly ChainBox[],
  { resumable }: RouteServices,
  openFor: Opener,
): RequestHandler {
  const router = express
    .Router()
    .use(openFor(route, true), ...boxesThrough(chain, 'rate-limit'), (req, res) => resumable.goOn(req, res));
  return (req, res, next) => {
    const ask = resumable.askOf(req);
    if (ask === 'go-on') router(req, res, next);
    else if (ask === 'start') resumable.start(req, res, route.api!);
    else next();
  };
}

/** Takes a request to the path that its client meant by a base URL with a `/v1` too few or too many. */
function createSlipHandler(app: express.Express, { routes, apis, log, lasting }: RouteServices): RequestHandler {
  const findMeant = createSlipFinder(routes);
  const notices = lasting.open('notices of base URLs', {}, () => new SlipNotices());
  return (req, res, next) => {
    const meant = req.url.startsWith(req.path) ? findMeant(req.path) : undefined;
    if (meant === undefined) return next();
    const isBare = apis.some(({ isSpokenBy }) => isSpokenBy?.(req.headers));
    notices.tell(log, req.path, meant, isBare);
    req.url = meant + req.url.slice(req.path.length);
    app(req, res, next);
  };
}

function createOpener({ config, log, apis, state, recordings }: RouteServices, live: Set<HttpExchange>): Opener {
  const idleMs = config.upstreamIdleTimeout * 1000;
  const ownerOf = ({ path }: Request) => apis.find((api) => api.pathPrefix && path.startsWith(api.pathPrefix));
  return (route, isResumption) => (req, res, next) => {
    const exchange = openExchange(req, res, log, route ? route.api : ownerOf(req));
    if (state.isDraining) res.setHeader('connection', 'close');
    // All of the answer is on its way: from here on only the client can hold it up. Node ends such a connection itself.
    res.once('prefinish', () => res.socket?.setTimeout?.(idleMs));
    live.add(exchange);
    res.once('close', () => live.delete(exchange));
    if (isResumption) exchange.isResumption = true;
    // What a resumption is sent is in the capture of the request that began it.
    if (isResumption || !exchange.api || !recordings.isWanted(req, config.record)) return next();
    const order = { mode: config.record, describeModel: () => describeModel(exchange) };
    recordings.begin(req, res, exchange, order).then(() => next(), next);
  };
}

/** @param rawHeaders names and values in turn; the parsed headers keep only the first Host */
function countHosts(rawHeaders: readonly string[]): number {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]!.length === 4 && rawHeaders[index]!.toLowerCase() === 'host') hosts += 1;
  }
  return hosts;
}

function mountRoutes(app: express.Express, pipeline: Pipeline, services: RouteServices, openFor: Opener): void {
  for (const route of services.routes) {
    const chain = pipeline.chainOf(route.api?.name);
    const entry = route.createEntry?.(services) as RequestHandler | undefined;
    const through = typeof route.through === 'function' ? route.through(services.config) : route.through;
    const handlers = entry
      ? withEntry(chain, entry, through, route.isExplained && services)
      : handlersOf(chain, route, through);
    if (route.createHandler) handlers.push(route.createHandler(services) as RequestHandler);
    if (route.api && !entry) handlers.push(...boxesBehind(chain, through));
    if (route.isResumable) {
      const resumer = createResumer(route, chain, services, openFor);
      app.route(route.path).post(resumer).get(resumer);
    }
    app[route.method](route.path, openFor(route), ...handlers, unanswered);
  }
}

function handlersOf(chain: readonly ChainBox[], route: Route, through: BoxName | undefined): RequestHandler[] {
  if (!route.isSeenByPlugins) return boxesThrough(chain, through);
  const behind = chain.findIndex(({ duty }) => duty === 'rewrite-request');
  return chain
    .slice(0, behind < 0 ? chain.length : behind)
    .filter(({ duty, place }) => duty === undefined || duty === 'resolve-model' || isThrough(place, through))
    .map(({ duty, handler }) => (duty === 'resolve-model' ? withoutFailure(handler) : handler));
}

/** Keeps the failure for whoever asks for the model. */
function withoutFailure(handler: Handler): RequestHandler {
  return (req, res, next) => {
    const settle = (error?: unknown) => {
      if (error !== undefined) (req.exchange as HttpExchange).modelFault = error;
      next();
    };
    return handler(req, res, settle as NextFunction);
  };
}

/** A chain through `last`, with a handler in the place of `client-auth`, whatever the configuration has there. */
function withEntry(
  chain: readonly ChainBox[],
  entry: RequestHandler,
  last: BoxName | undefined,
  explaining: ExplainServices | undefined,
): RequestHandler[] {
  const behind = chain.filter(({ place }) => !isThrough(place, 'cors'));
  const isKept = ({ place, name }: ChainBox) =>
    place !== 'client-auth' || (name !== 'client-auth' && behind.some((box) => box.name === 'client-auth'));
  const kept = behind.filter((box) => isKept(box) && isThrough(box.place, last));
  const handlers = explaining ? explained(kept, explaining) : kept.map(({ handler }) => handler);
  return [...boxesThrough(chain, 'cors'), entry, ...handlers];
}

/** Boxes, and plugins in their place, that charge a key, ask an upstream for tokens, or send: no part of an explanation. */
const unexplained: readonly BoxName[] = ['rate-limit', 'inject-auth', 'rewrite-response', 'proxy'];

function explained(boxes: readonly ChainBox[], services: ExplainServices): RequestHandler[] {
  return boxes
    .filter(({ duty }) => duty === undefined || !unexplained.includes(duty))
    .map(({ name, handler }) => observed(name, handler, services) as RequestHandler);
}

/** A known path with another method: the answer names the methods that the path takes. */
function mountOtherMethods(app: express.Express, routes: readonly Route[], outer: readonly RequestHandler[]): void {
  const methodsByPath = Map.groupBy(
    routes.filter(({ method }) => method !== 'use'),
    ({ path }) => path,
  );
  for (const [path, sharing] of methodsByPath) {
    const methods = sharing.map(({ method }) => method.toUpperCase());
    // `app.all` would mount every box for each of HTTP's 34 methods, which takes half of a start.
    app.route(path).all(...outer, (req) => {
      throw new OpenCompatError(
        'OC_METHOD_NOT_ALLOWED',
        { method: req.method, path: req.path, allowed: methods.join(', ') },
        // Express answers HEAD with the handlers of GET.
        { headers: { allow: methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : method)).join(', ') } },
      );
    });
  }
}

function boxesThrough(chain: readonly ChainBox[], last: BoxName | undefined): RequestHandler[] {
  return chain.filter(({ place }) => isThrough(place, last)).map(({ handler }) => handler);
}

function boxesBehind(chain: readonly ChainBox[], last: BoxName | undefined): RequestHandler[] {
  return chain.filter(({ place }) => !isThrough(place, last)).map(({ handler }) => handler);
}

function isThrough(place: BoxName, last: BoxName | undefined): boolean {
  return last === undefined || defaultChain.indexOf(place) <= defaultChain.indexOf(last);
}

/** Runs after the last box of a chain: no box has answered. */
function unanswered(req: Request): void {
  throw new OpenCompatError('OC_CHAIN_ENDED', { middleware: (req.exchange as HttpExchange).box });
}
