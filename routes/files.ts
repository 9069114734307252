/**
 * Files and batches, which lie on an OpenAI-compatible provider's server. Clients have ids of their own for them, in which the
 * provider stands (`lib/chain/owned-objects.ts`).
 */
import { join } from 'node:path';
import { forwarded as api } from '../lib/apis/forwarded/index.ts';
import { mapObjectIds, type ObjectKind } from '../lib/apis/forwarded/object-ids.ts';
import {
  chargeForward,
  type ForwardedRequest,
  type ForwardingServices,
  fetchForward,
  forwardExchange,
} from '../lib/chain/forwarding.ts';
import type { Request, Response } from '../lib/chain/middleware.ts';
import {
  type ObjectIds,
  ObjectOwners,
  objectNotFound,
  openObjectIds,
  type UpstreamObject,
} from '../lib/chain/owned-objects.ts';
import { OpenCompatError } from '../lib/errors.ts';
import { ownerOf } from '../lib/kept/response-store.ts';
import { asObject, asText, type Json } from '../lib/lenient-json.ts';
import { areAllAllowed } from '../lib/models/allowed.ts';
import type { Provider } from '../lib/providers/provider.ts';
import { defineRoute, type Route, type RouteServices } from '../lib/server/route.ts';
import { createPluginStates } from '../lib/storage/plugin-state.ts';
import { openForwarding, readFormHead } from './forwarded.ts';

const folders: Record<ObjectKind, string> = { file: '/files', batch: '/batches' };
/** Longest stretch of a client's name for a provider that a message repeats, in characters. */
const maxQuotedLength = 100;
/** Pages of a server's list that are asked for until one has something of the owner's. */
const maxPages = 20;

/** A request, with what it is about. */
interface Asked {
  readonly req: Request;
  readonly res: Response;
  readonly owner: string;
  readonly ids: ObjectIds;
  readonly owners: ObjectOwners;
  readonly forwarding: ForwardingServices;
}

function openOwners({ config, redis, lasting, log }: RouteServices): ObjectOwners {
  const { dataDir, pluginStateMaxEntries: maxEntries, pluginStateMaxBytes: maxBytes } = config;
  // A store of their own: nobody's uploads make plugins forget.
  const options = { path: join(dataDir, 'object-owners.json'), maxEntries, maxBytes, redis, log };
  return lasting.open(
    'owners of objects',
    { dataDir, maxEntries, maxBytes },
    () => new ObjectOwners(createPluginStates(options), log),
    (opened) => opened.close(),
  );
}

type Answer = (asked: Asked) => Promise<void>;

function objectRoute(
  method: Route['method'],
  path: string,
  answer: Answer,
  through: Route['through'] = 'rate-limit',
): Route {
  return defineRoute({
    method,
    path: `/v1${path}`,
    api,
    through,
    createHandler(services) {
      const forwarding = openForwarding(services);
      const { config, lasting, log } = services;
      // Opened when the first request needs it.
      let owners: ObjectOwners | undefined;
      return async function forwardObject(req, res) {
        owners ??= openOwners(services);
        const owner = ownerOf(req.exchange.clientId, req.ip);
        const ids = await openObjectIds(config, lasting, log);
        await answer({ req, res, owner, ids, owners, forwarding });
      };
    },
  });
}

/**
 * By the header `x-opencompat-provider` or the parameter `provider` of the query; else the first that is ready.
 * @throws OpenCompatError OC_PROVIDER_NOT_FOUND
 */
function chooseProvider({ req, forwarding }: Asked, kind: ObjectKind): Provider {
  const named = req.get('x-opencompat-provider') ?? asText(req.query.provider);
  const takers = forwarding.providers.filter(({ buildForward }) => buildForward?.(folders[kind]));
  const provider =
    named === undefined
      ? (takers.find((taker) => taker.readiness().isReady) ?? takers[0])
      : takers.find(({ name }) => name === named);
  if (provider) return provider;
  const quoted = named === undefined ? '' : ` '${named.slice(0, maxQuotedLength)}'`;
  throw new OpenCompatError('OC_PROVIDER_NOT_FOUND', { named: quoted, what: `/v1${folders[kind]}` });
}

/** @throws OpenCompatError OC_OBJECT_NOT_FOUND for ids of others too, and of providers that are gone */
function findObject(asked: Asked, kind: ObjectKind, id: string, param: string): { provider: Provider; id: string } {
  const found = asked.ids.open(asked.owner, kind, id);
  const provider = asked.forwarding.providers.find(({ name }) => name === found?.provider);
  if (!found || !provider?.buildForward?.(folders[kind])) throw objectNotFound(kind, id, param);
  return { provider, id: found.id };
}

/** An object with the ids that its owner has, each noted as the owner's. */
async function toOwned({ owner, ids, owners }: Asked, provider: string, kind: ObjectKind, object: Json): Promise<Json> {
  const notes: Promise<void>[] = [];
  const owned = mapObjectIds(object, kind, (idKind, id) => {
    const found: UpstreamObject = { provider, id };
    notes.push(owners.note(owner, idKind, found));
    return ids.seal(owner, idKind, found);
  });
  await Promise.all(notes);
  return owned;
}

/** Asks the exchange's provider for one object, and answers with it. */
async function answerWithObject(asked: Asked, kind: ObjectKind, request: ForwardedRequest): Promise<void> {
  const { exchange } = asked.req;
  const object = await fetchForward(exchange, request, asked.forwarding);
  asked.res.json(await toOwned(asked, exchange.model.provider.name, kind, object));
}

/** A request for the object that the path names, or for something below it. */
async function requestOfPath(
  asked: Asked,
  kind: ObjectKind,
  method: ForwardedRequest['method'],
  below = '',
): Promise<ForwardedRequest> {
  const given = String(asked.req.params.id);
  const { provider, id } = findObject(asked, kind, given, 'id');
  await chargeForward(asked.req.exchange, provider);
  const path = `${folders[kind]}/${encodeURIComponent(id)}${below}`;
  return { method, path, notFound: () => objectNotFound(kind, given, 'id') };
}

const answerObject =
  (kind: ObjectKind, method: ForwardedRequest['method'], below?: string): Answer =>
  async (asked) =>
    answerWithObject(asked, kind, await requestOfPath(asked, kind, method, below));

/** The form goes on as it comes. */
const upload: Answer = async (asked) => {
  const { req } = asked;
  const { contentType, lengthBytes: length } = readFormHead(req);
  await chargeForward(req.exchange, chooseProvider(asked, 'file'));
  const body = { head: Buffer.alloc(0), rest: req, ...(length !== undefined && { length }) };
  await answerWithObject(asked, 'file', { method: 'POST', path: folders.file, contentType, body });
};

const download: Answer = async (asked) => {
  const request = await requestOfPath(asked, 'file', 'GET', '/content');
  await forwardExchange(asked.req.exchange, asked.res, request, asked.forwarding);
};

/** The server of its input file runs a batch. */
const createBatch: Answer = async (asked) => {
  const { exchange } = asked.req;
  const given = asObject(exchange.body) ?? {};
  const param = 'input_file_id';
  const fileId = asText(given[param]);
  if (fileId === undefined) throw new OpenCompatError('OC_MISSING_PARAMETER', {}, { param });
  const { provider, id } = findObject(asked, 'file', fileId, param);
  checkMayBatch(asked, provider);
  await chargeForward(exchange, provider);
  const head = Buffer.from(JSON.stringify({ ...given, [param]: id }));
  const body = { head, length: head.length };
  await answerWithObject(asked, 'batch', {
    method: 'POST',
    path: folders.batch,
    contentType: 'application/json',
    body,
  });
};

/** What a batch asks of which models stands in its file, and what it uses is told to nobody here. */
function checkMayBatch({ req }: Asked, { name }: Provider): void {
  const { clientKey } = req.exchange;
  const isCounted = clientKey?.limits.some(({ measure }) => measure !== 'requests');
  if (!isCounted && areAllAllowed(name, clientKey?.models)) return;
  const reason = 'Batches are for client keys without limits of models, tokens and cost: neither can be seen to here.';
  throw new OpenCompatError('OC_INVALID_VALUE', { reason }, { status: 403, publicCode: 'batches_not_allowed' });
}

/** Only what is the owner's: several owners may share the provider's account. */
const list =
  (kind: ObjectKind): Answer =>
  async (asked) => {
    const { req, res, forwarding } = asked;
    const query = new URLSearchParams(req.originalUrl.split('?')[1] ?? '');
    const after = query.get('after');
    const place = after === null ? undefined : findObject(asked, kind, after, 'after');
    const provider = place?.provider ?? chooseProvider(asked, kind);
    if (place) query.set('after', place.id);
    query.delete('provider');
    await chargeForward(req.exchange, provider);
    for (let page = 1; ; page += 1) {
      const body = await fetchForward(req.exchange, { method: 'GET', path: folders[kind], query }, forwarding);
      const entries = readEntries(body);
      const data = await keepOwned(asked, provider.name, kind, entries);
      const isMore = body.has_more === true && entries.length > 0;
      if (data.length > 0 || !isMore || page === maxPages) {
        const hasMore = isMore && data.length > 0;
        const ends = { first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
        res.json({ object: 'list', data, ...ends, has_more: hasMore });
        return;
      }
      query.set('after', entries.at(-1)!.id);
    }
  };

type Entry = Json & { id: string };

function readEntries({ data }: Json): Entry[] {
  if (!Array.isArray(data)) return [];
  return data.filter((entry): entry is Entry => typeof asObject(entry)?.id === 'string');
}

/** @throws OpenCompatError OC_STORE_AWAY while Redis is away */
async function keepOwned(asked: Asked, provider: string, kind: ObjectKind, entries: readonly Entry[]): Promise<Json[]> {
  const { owner, owners } = asked;
  const areOwned = await Promise.all(entries.map(({ id }) => owners.isNoted(owner, kind, { provider, id }))).catch(
    (cause: unknown) => {
      throw new OpenCompatError('OC_STORE_AWAY', {}, { cause });
    },
  );
  const owned = entries.filter((_entry, index) => areOwned[index]);
  return Promise.all(owned.map((entry) => toOwned(asked, provider, kind, entry)));
}

const files: readonly Route[] = [
  objectRoute('post', '/files', upload),
  objectRoute('get', '/files', list('file')),
  objectRoute('get', '/files/:id', answerObject('file', 'GET')),
  objectRoute('delete', '/files/:id', answerObject('file', 'DELETE')),
  objectRoute('get', '/files/:id/content', download),
  objectRoute('post', '/batches', createBatch, 'parse-body'),
  objectRoute('get', '/batches', list('batch')),
  objectRoute('get', '/batches/:id', answerObject('batch', 'GET')),
  objectRoute('post', '/batches/:id/cancel', answerObject('batch', 'POST', '/cancel')),
];
export default files;
