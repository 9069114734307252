/** The way of a request that is explained instead of sent. Loaded with the first one. */
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import type { BoxName } from '../chain/default-chain.ts';
import { explainerOf } from '../chain/explain.ts';
import type { Handler } from '../chain/middleware.ts';
import type { ChainBox } from '../chain/pipeline.ts';
import { OpenCompatError } from '../errors.ts';
import { openClientKeys } from '../usage/client-keys.ts';
import { KeyFile, keyFilePathOf } from '../usage/key-file.ts';
import { boxesBehind, boxesBehindEntry, boxesThrough, handlersOf, throughOf } from './boxes.ts';
import type { Route, RouteServices } from './route.ts';

/** Boxes, and plugins in their place, that charge a key, ask an upstream for tokens, or send: no part of an explanation. */
const unexplained: readonly BoxName[] = ['rate-limit', 'inject-auth', 'rewrite-response', 'proxy'];

/** @param chain that of the route's API */
export function createExplainRouter(chain: readonly ChainBox[], route: Route, services: RouteServices): RequestHandler {
  // Azure's paths name the model.
  const router = express.Router({ mergeParams: true });
  const outer = handlersOf(boxesThrough(chain, 'cors'));
  if (!route.explained) return router.use(...outer, refuse);
  const through = throughOf(route, services.config);
  const boxes = boxesBehindEntry(chain).filter(({ duty }) => duty === undefined || !unexplained.includes(duty));
  const observe = (observed: readonly ChainBox[]) =>
    observed.map(({ name, handler }) => observeBox(name, handler, services));
  return router.use(
    ...outer,
    route.explained.createEntry(services) as RequestHandler,
    createKeyChoice(services),
    ...observe(boxesThrough(boxes, through)),
    ...(route.createHandler ? [route.createHandler(services) as RequestHandler] : []),
    ...observe(boxesBehind(boxes, through)),
    (req, res) => answer(req, res, services),
  );
}

function refuse(): never {
  const reason = 'Requests to this path cannot be explained.';
  throw new OpenCompatError('OC_UNSUPPORTED_PARAMETER', { reason }, { param: 'explain' });
}

async function answer({ exchange }: Request, res: Response, services: RouteServices): Promise<void> {
  res.set('cache-control', 'no-store').json(await explainerOf(exchange).explain(services));
}

/** A box that is looked at: where it fails the explanation ends. */
function observeBox(box: string, handler: Handler, services: RouteServices): RequestHandler {
  return (req, res, next) => {
    const settle = (error?: unknown) => {
      explainerOf(req.exchange).note(box, error);
      if (error === undefined) next();
      else answer(req, res, services).catch(next);
    };
    return handler(req, res, settle as NextFunction);
  };
}

/** Longest name of a key in a message, in characters. */
const maxQuotedLength = 100;

/**
 * Has the request explained as that of the client key that `?key=NAME` names. What belongs to the key by its id, such as its
 * conversations, stays its own.
 */
function createKeyChoice({ config, log }: RouteServices): RequestHandler {
  const keys = openClientKeys(config, new KeyFile(keyFilePathOf(config.dataDir), log));
  return ({ exchange, query }, _res, next) => {
    const { key: name } = query;
    if (name === undefined) return next();
    const key = typeof name === 'string' ? keys.findByName(name) : undefined;
    if (!key) {
      const reason = `No client key has the name '${String(name).slice(0, maxQuotedLength)}'.`;
      throw new OpenCompatError('OC_INVALID_VALUE', { reason }, { param: 'key' });
    }
    exchange.clientKey = key;
    exchange.clientName = key.name;
    next();
  };
}
