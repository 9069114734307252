/** The Express application: every route with its chain, and the answers to requests that match none. */
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import type { BoxName } from '../chain/default-chain.ts';
import { describeModel } from '../chain/describe-model.ts';
import { answerWithError } from '../chain/error-answer.ts';
import { type HttpExchange, openExchange } from '../chain/exchange.ts';
import type { Handler } from '../chain/middleware.ts';
import type { ChainBox, Pipeline } from '../chain/pipeline.ts';
import { OpenCompatError } from '../errors.ts';
import { backgroundPath } from './background.ts';
import { createSlipFinder, SlipNotices } from './base-url-slips.ts';
import { boxesBehind, boxesBehindEntry, boxesThrough, handlersOf, isThrough, throughOf } from './boxes.ts';
import { stripForwardedPorts } from './forwarded-for.ts';
import { innerOriginOf } from './inner-request.ts';
import type { Route, RouteServices } from './route.ts';
import { inSequence } from './sequence.ts';

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
  const outer = handlersOf(boxesThrough(pipeline.chainOf(undefined), 'cors'));
  // RFC 9112 §3.2 (https://www.rfc-editor.org/rfc/rfc9112#section-3.2) wants a 400: with two Hosts, a proxy and this server may
  // each believe another one.
  const malformed = express
    .Router()
    .use(openFor(), ...handlersOf(boxesThrough(pipeline.chainOf(undefined), 'access-log')), () => {
      throw new OpenCompatError('OC_MALFORMED_HTTP');
    });
  app.use((req, res, next) => (countHosts(req.rawHeaders) > 1 ? malformed(req, res, next) : next()));
  app.use(createSuccessor(pipeline, services, openFor));
  const missed: MissedMethods = new WeakMap();
  mountRoutes(app, pipeline, services, openFor, missed);
  app.use(createMethodRefusal(missed, [openFor(), ...outer]));
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
    .use(openFor(route, true), ...handlersOf(boxesThrough(chain, 'rate-limit')), (req, res) =>
      resumable.goOn(req, res),
    );
  return (req, res, next) => {
    const ask = isForExplanation(route, req) ? undefined : resumable.askOf(req);
    if (ask === 'go-on') router(req, res, next);
    else if (ask === 'start') resumable.start(req, res, route.api!);
    else next();
  };
}

/** Answers the inner requests that go on in the place of one that has been let in, counted and read; all others pass. */
function createSuccessor(pipeline: Pipeline, { routes }: RouteServices, openFor: Opener): RequestHandler {
  const route = routes.find(({ method, path }) => method === 'post' && path === backgroundPath);
  const chain = pipeline.chainOf(route?.api?.name);
  const behindBody = chain.filter(({ place }) => !isThrough(place, 'parse-body'));
  const router = express
    .Router()
    .use(
      openFor(route),
      ...handlersOf(boxesThrough(chain, 'access-log')),
      succeed,
      ...handlersOf(chain.filter(({ name }) => name === 'rate-limit')),
      ...handlersOf(boxesThrough(behindBody, 'rewrite-request')),
      tellAccepted,
      ...handlersOf(boxesBehind(behindBody, 'rewrite-request')),
      unanswered,
    );
  return (req, res, next) => (innerOriginOf(req)?.predecessor ? router(req, res, next) : next());
}

function succeed(req: Request, _res: Response, next: NextFunction): void {
  const exchange = req.exchange as HttpExchange;
  const { clientId, clientName, clientKey, body, transforms, givenAnswer } = innerOriginOf(req)!.predecessor!.exchange;
  Object.assign(exchange, { isCounted: true, clientId, clientName, clientKey, givenAnswer });
  exchange.body = { ...(body as object), stream: true };
  for (const transform of transforms) exchange.onEvent(transform);
  next();
}

function tellAccepted(req: Request, _res: Response, next: NextFunction): void {
  innerOriginOf(req)!.predecessor!.onAccepted(req.exchange as HttpExchange);
  next();
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
    exchange.isExplained = route !== undefined && isForExplanation(route, req);
    if (state.isDraining) res.setHeader('connection', 'close');
    // All of the answer is on its way: from here on only the client can hold it up. Node ends such a connection itself.
    res.once('prefinish', () => res.socket?.setTimeout?.(idleMs));
    live.add(exchange);
    res.once('close', () => live.delete(exchange));
    if (isResumption) exchange.isResumption = true;
    // What a resumption is sent is in the capture of the request that began it.
    const isSent = !isResumption && !exchange.isExplained;
    if (!isSent || !exchange.api || !recordings.isWanted(req, config.record)) return next();
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

/** Is a request to this route told what would become of it, instead of being sent? `?explain=1` asks for it. */
function isForExplanation({ explained, api }: Route, req: Request): boolean {
  if (explained?.isAlways) return true;
  // Reading the query of every request would cost more than this look at it.
  if (req.method !== 'POST' || !api || !req.url.includes('explain')) return false;
  const { explain } = req.query;
  return explain !== undefined && explain !== '0' && explain !== 'false';
}

/** Requests to a known path with a method that it does not take, each with the methods that it does. */
type MissedMethods = WeakMap<Request, readonly string[]>;

function mountRoutes(
  app: express.Express,
  pipeline: Pipeline,
  services: RouteServices,
  openFor: Opener,
  missed: MissedMethods,
): void {
  const handlersFor = (route: Route): RequestHandler[] => {
    const chain = pipeline.chainOf(route.api?.name);
    const handlers = route.explained?.isAlways ? [] : routeHandlers(chain, route, services);
    if (route.api && route.method === 'post') handlers.unshift(createExplaining(chain, route, services));
    return [openFor(route), ...handlers, unanswered];
  };
  for (const [path, sharing] of Map.groupBy(services.routes, ({ path }) => path)) {
    const handlers = new Map<string, RequestHandler[]>();
    for (const route of sharing) {
      if (route.method === 'use') app.use(path, inSequence(handlersFor(route)));
      else handlers.set(route.method.toUpperCase(), handlersFor(route));
    }
    const resumable = sharing.find(({ isResumable }) => isResumable);
    const resumer = resumable && createResumer(resumable, pipeline.chainOf(resumable.api?.name), services, openFor);
    if (handlers.size > 0) app.route(path).all(createSwitch(handlers, resumer, missed));
  }
}

/** Takes the requests to one path to the handlers of their methods. HEAD goes to those of GET, as in Express. */
function createSwitch(
  handlers: ReadonlyMap<string, readonly RequestHandler[]>,
  resumer: RequestHandler | undefined,
  missed: MissedMethods,
): RequestHandler {
  const allowed = [...handlers.keys()];
  const miss: RequestHandler = (req, _res, next) => {
    missed.set(req, allowed);
    next();
  };
  const byMethod = new Map([...handlers].map(([method, own]) => [method, inSequence(own)]));
  if (resumer)
    for (const method of ['GET', 'POST'])
      byMethod.set(method, inSequence([resumer, ...(handlers.get(method) ?? [miss])]));
  return (req, res, next) => {
    const handler = byMethod.get(req.method === 'HEAD' ? 'GET' : req.method) ?? miss;
    return handler(req, res, next);
  };
}

function routeHandlers(chain: readonly ChainBox[], route: Route, services: RouteServices): RequestHandler[] {
  const entry = route.createEntry?.(services) as RequestHandler | undefined;
  const through = throughOf(route, services.config);
  const handlers = entry
    ? [...handlersOf(boxesThrough(chain, 'cors')), entry, ...handlersOf(boxesBehindEntry(boxesThrough(chain, through)))]
    : leadingHandlers(chain, route, through);
  if (route.createHandler) handlers.push(route.createHandler(services) as RequestHandler);
  if (route.api && !entry) handlers.push(...handlersOf(boxesBehind(chain, through)));
  return handlers;
}

/** Takes the requests that are explained; lets all others by. */
function createExplaining(chain: readonly ChainBox[], route: Route, services: RouteServices): RequestHandler {
  let router: Promise<RequestHandler> | undefined;
  return (req, res, next) => {
    if (!req.exchange.isExplained) return next();
    router ??= import('./explained.ts').then(({ createExplainRouter }) => createExplainRouter(chain, route, services));
    return router.then((explain) => explain(req, res, next));
  };
}

/** The boxes before a route's own handler. */
function leadingHandlers(chain: readonly ChainBox[], route: Route, through: BoxName | undefined): RequestHandler[] {
  if (!route.isSeenByPlugins) return handlersOf(boxesThrough(chain, through));
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

/** A known path with another method: the answer names the methods that the path takes. */
function createMethodRefusal(missed: MissedMethods, outer: readonly RequestHandler[]): RequestHandler {
  const refuse = inSequence([
    ...outer,
    (req) => {
      const allowed = missed.get(req)!;
      throw new OpenCompatError(
        'OC_METHOD_NOT_ALLOWED',
        { method: req.method, path: req.path, allowed: allowed.join(', ') },
        { headers: { allow: allowed.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : method)).join(', ') } },
      );
    },
  ]);
  return (req, res, next) => (missed.has(req) ? refuse(req, res, next) : next());
}

/** Runs after the last box of a chain: no box has answered. */
function unanswered(req: Request): void {
  throw new OpenCompatError('OC_CHAIN_ENDED', { middleware: (req.exchange as HttpExchange).box });
}
