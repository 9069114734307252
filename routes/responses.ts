import type { Request, Response } from 'express';
import { streamHeaders } from '../lib/answer/client-answer.ts';
import { isRunning } from '../lib/apis/responses/background.ts';
import { responses, responsesCompact, responsesInputTokens } from '../lib/apis/responses/index.ts';
import { listInputItems } from '../lib/apis/responses/input-list.ts';
import { replayResponse } from '../lib/apis/responses/replay.ts';
import type { ResponseObject } from '../lib/apis/responses/response-object.ts';
import { countInputTokens } from '../lib/canonical/tokens.ts';
import { OpenCompatError } from '../lib/errors.ts';
import { ownerOf, type ResponseStore, type StoredResponse } from '../lib/kept/response-store.ts';
import { asObject } from '../lib/lenient-json.ts';
import { noSuchEvent } from '../lib/server/background.ts';
import type { BackgroundRun } from '../lib/server/background-run.ts';
import { defineRoute } from '../lib/server/route.ts';
import { toAdmins } from './console/explained.ts';

/** Longest stretch of a client's id that a message repeats, in characters. */
const maxQuotedLength = 100;
/** Items on a page, as OpenAI has it. */
const defaultLimit = 20;
const maxLimit = 100;

/** OpenAI Responses. */
export const createResponse = defineRoute({
  method: 'post',
  path: '/v1/responses',
  api: responses,
  isResumable: true,
  explained: toAdmins,
  through: 'parse-body',
  createHandler({ background }) {
    return function startInBackground(req, res, next) {
      if (asObject(req.exchange.body)?.background === true) background.start(req, res);
      else next();
    };
  },
});

/** The same over a WebSocket, as a request for one. */
export const openResponseSocket = defineRoute({
  method: 'get',
  path: '/v1/responses',
  api: responses,
  through: 'rate-limit',
  createHandler({ sockets }) {
    return function openSocket(req, res) {
      sockets.accept(req, res, req.exchange.clientId);
    };
  },
});

const idOf = ({ params }: Request) => String(params.id);

const ownerIn = (req: Request) => ownerOf(req.exchange.clientId, req.ip);
/** Who asks for which answer. */
const lookOf = (req: Request) => [ownerIn(req), idOf(req)] as const;

function notFound(id: string): OpenCompatError {
  return new OpenCompatError('OC_RESPONSE_NOT_FOUND', { id: id.slice(0, maxQuotedLength) });
}

async function find(store: ResponseStore | undefined, req: Request): Promise<StoredResponse> {
  const stored = await store?.get(...lookOf(req));
  if (!stored) throw notFound(idOf(req));
  return stored;
}

async function readStored(store: ResponseStore | undefined, req: Request): Promise<ResponseObject> {
  return (await find(store, req)).response as unknown as ResponseObject;
}

function invalid(param: string, reason: string): OpenCompatError {
  return new OpenCompatError('OC_INVALID_VALUE', { reason }, { param });
}

/** @throws OpenCompatError for a text other than a number in the range */
function readInteger(req: Request, param: string, minimum: number, maximum: number): number | undefined {
  return toInteger(req.query[param], param, minimum, maximum);
}

function toInteger(text: unknown, param: string, minimum: number, maximum: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text === '' || !Number.isInteger(value) || value < minimum || value > maximum) {
    throw invalid(param, `Invalid '${param}': expected an integer from ${minimum} to ${maximum}.`);
  }
  return value;
}

/** Behind which event a client goes on: the last that it had, where it comes back by itself, else the one that it names. */
function readStart(req: Request): number | undefined {
  const lastEventId = req.headers['last-event-id'];
  return lastEventId
    ? toInteger(lastEventId, 'last-event-id', -1, Number.MAX_SAFE_INTEGER)
    : readInteger(req, 'starting_after', -1, Number.MAX_SAFE_INTEGER);
}

/**
 * A kept answer, or one that is being made in the background; with `stream=true` as a stream, from behind `starting_after` on.
 */
export const retrieveResponse = defineRoute({
  method: 'get',
  path: '/v1/responses/:id',
  api: responses,
  through: 'rate-limit',
  createHandler({ responses: store, background }) {
    return async function showResponse(req, res) {
      const startingAfter = readStart(req);
      const isStream = req.query.stream === 'true';
      const run = background.find(...lookOf(req));
      // Another server may have deleted it.
      if (run?.isRunning === false) await find(store, req);
      if (run && isStream && !canBeReplayed(run, startingAfter)) {
        followRun(run, res, startingAfter);
        return;
      }
      const read = () => readStored(store, req);
      if (!isStream) {
        res.json(run?.response ?? (await background.settle(ownerIn(req), read)));
        return;
      }
      if (!run && (await background.followElsewhere(req, res, await read(), startingAfter ?? -1))) return;
      const response = await background.settle(ownerIn(req), read);
      if (isRunning(response)) throw new OpenCompatError('OC_BACKGROUND_ELSEWHERE');
      res.set(streamHeaders('text/event-stream'));
      res.end(replayResponse(response, startingAfter));
    };
  },
});

/** Has it ended without all of its events being kept? A reader who wants them from the beginning is told the answer. */
function canBeReplayed(run: BackgroundRun, startingAfter = -1): boolean {
  return !run.isRunning && startingAfter === -1 && run.has(startingAfter) === 'gone';
}

/** @throws OpenCompatError for events that have not come, or are not kept any more */
function followRun(run: BackgroundRun, res: Response, startingAfter = -1): void {
  const has = run.has(startingAfter);
  if (has === 'gone') throw new OpenCompatError('OC_RESUME_GONE');
  if (has === 'never') throw noSuchEvent();
  res.writeHead(200, streamHeaders('text/event-stream'));
  run.attach(res, startingAfter);
}

export const deleteResponse = defineRoute({
  method: 'delete',
  path: '/v1/responses/:id',
  api: responses,
  through: 'rate-limit',
  createHandler({ responses: store, background }) {
    return async function forgetResponse(req, res) {
      const id = idOf(req);
      const look = lookOf(req);
      const isHere = background.find(...look) !== undefined;
      background.discard(...look);
      const read = () => readStored(store, req);
      if (!isHere && isRunning(await background.settle(ownerIn(req), read))) {
        await background.cancelElsewhere(...look, read);
      }
      const isDeleted = await store?.delete(...lookOf(req));
      if (!isDeleted) throw notFound(id);
      res.json({ id, object: 'response', deleted: true });
    };
  },
});

/** Stops an answer that is made in the background; one that has ended is told as it is. */
export const cancelResponse = defineRoute({
  method: 'post',
  path: '/v1/responses/:id/cancel',
  api: responses,
  through: 'rate-limit',
  createHandler({ responses: store, background }) {
    return async function cancel(req, res) {
      const look = lookOf(req);
      const run = background.find(...look);
      run?.cancel();
      const read = () => readStored(store, req);
      const told = run?.response ?? (await background.settle(ownerIn(req), read));
      const response = isRunning(told) ? await background.cancelElsewhere(...look, read) : told;
      if (response.background !== true) {
        const reason = 'Only a response that is made in the background can be cancelled; close the connection instead.';
        throw new OpenCompatError('OC_INVALID_VALUE', { reason }, { param: 'response_id' });
      }
      res.json(response);
    };
  },
});

/** The input of a kept answer's own request; earlier input is listed under the previous answer. */
export const listResponseInput = defineRoute({
  method: 'get',
  path: '/v1/responses/:id/input_items',
  api: responses,
  through: 'rate-limit',
  createHandler({ responses: store }) {
    return async function listInput(req, res) {
      const { after, order = 'desc' } = req.query;
      const limit = readInteger(req, 'limit', 1, maxLimit) ?? defaultLimit;
      if (order !== 'asc' && order !== 'desc') throw invalid('order', "Invalid 'order': expected 'asc' or 'desc'.");
      const { id, input } = await find(store, req);
      const page = listInputItems(id, input, { limit, order, ...(typeof after === 'string' && { after }) });
      if (!page) throw invalid('after', "Invalid 'after': no item has this id.");
      res.json(page);
    };
  },
});

/** How many tokens a request would bring, as counted here: texts, tools and schemas. */
export const countResponseInput = defineRoute({
  method: 'post',
  path: '/v1/responses/input_tokens',
  api: responsesInputTokens,
  through: 'restore-conversation',
  isSeenByPlugins: true,
  createHandler() {
    return async function countInput(req, res) {
      res.json({ object: 'response.input_tokens', input_tokens: await countInputTokens(req.exchange.request) });
    };
  },
});

/** A long conversation made short, where the upstream can. */
export const compactResponse = defineRoute({
  method: 'post',
  path: '/v1/responses/compact',
  api: responsesCompact,
  explained: toAdmins,
});
