/** Requests that are passed on to the server of their model, unread: audio, edits of pictures, ranking, moderation, search. */
import type { Readable } from 'node:stream';
import { createForwarder, type ForwardedBody } from '../lib/answer/forwarded-request.ts';
import { boundaryOf, FormModel, type FoundModel } from '../lib/apis/forwarded/form-model.ts';
import { forwarded as api } from '../lib/apis/forwarded/index.ts';
import { chooseForward, type ForwardingServices, forwardExchange } from '../lib/chain/forwarding.ts';
import type { Request } from '../lib/chain/middleware.ts';
import { OpenCompatError } from '../lib/errors.ts';
import { asObject } from '../lib/lenient-json.ts';
import { defineRoute, type Route, type RouteServices } from '../lib/server/route.ts';

export function openForwarding({ config, providers, lasting }: RouteServices): ForwardingServices {
  const connectTimeoutMs = config.upstreamConnectTimeout * 1000;
  const forwarder = lasting.open(
    'forwarded requests',
    { connectTimeoutMs },
    () => createForwarder(connectTimeoutMs),
    (opened) => opened.close(),
  );
  return { config, providers, forwarder };
}

/** @param defaultModel where the API has one */
function forwardingJson(path: string, defaultModel?: string): Route {
  return defineRoute({
    method: 'post',
    path: `/v1${path}`,
    api,
    through: 'parse-body',
    createHandler(services) {
      const forwarding = openForwarding(services);
      return async function forwardJson({ exchange }, res) {
        const asked = asObject(exchange.body) ?? {};
        const name = asked.model ?? defaultModel;
        if (typeof name !== 'string' || name === '') throw missingModel();
        const { id } = await chooseForward(exchange, name, path, forwarding);
        const head = Buffer.from(JSON.stringify({ ...asked, model: id }));
        const body = { head, length: head.length };
        await forwardExchange(
          exchange,
          res,
          { method: 'POST', path, contentType: 'application/json', body },
          forwarding,
        );
      };
    },
  });
}

function missingModel(): OpenCompatError {
  return new OpenCompatError('OC_MISSING_PARAMETER', {}, { param: 'model' });
}

/** A form, passed on while it comes; what stands before its field `model` is held until that is there. */
function forwardingForm(path: string): Route {
  return defineRoute({
    method: 'post',
    path: `/v1${path}`,
    api,
    through: 'rate-limit',
    createHandler(services) {
      const forwarding = openForwarding(services);
      return async function forwardForm(req, res) {
        const { exchange } = req;
        const { contentType, boundary, lengthBytes } = readFormHead(req);
        const { held, found } = await readToModel(req, boundary, forwarding.config.maxBodyBytes);
        const { id } = await chooseForward(exchange, found.name, path, forwarding);
        const body = toBody(req, lengthBytes, held, found, id);
        await forwardExchange(exchange, res, { method: 'POST', path, contentType, body }, forwarding);
      };
    },
  });
}

/** @throws OpenCompatError OC_INVALID_VALUE for anything but an uncompressed form */
export function readFormHead({ headers }: Request): { contentType: string; boundary: string; lengthBytes?: number } {
  const contentType = headers['content-type'] ?? '';
  const boundary = boundaryOf(contentType);
  if (boundary === undefined || headers['content-encoding'] !== undefined) {
    const reason = 'The request body must be an uncompressed form (multipart/form-data).';
    throw new OpenCompatError('OC_INVALID_VALUE', { reason }, { status: 415, publicCode: 'unsupported_media_type' });
  }
  const lengthBytes = Number(headers['content-length'] ?? Number.NaN);
  return { contentType, boundary, ...(Number.isSafeInteger(lengthBytes) && { lengthBytes }) };
}

/** @throws OpenCompatError OC_BODY_TOO_LARGE for a field that comes too late, OC_MISSING_PARAMETER for one that does not come */
async function readToModel(
  req: Request,
  boundary: string,
  limitBytes: number,
): Promise<{ held: Buffer; found: FoundModel }> {
  const form = new FormModel(boundary);
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of (req as Readable).iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    parts.push(part);
    bytes += part.length;
    const found = form.take(part);
    if (found) return { held: Buffer.concat(parts), found };
    if (bytes > limitBytes) throw new OpenCompatError('OC_BODY_TOO_LARGE', { limitBytes });
  }
  throw missingModel();
}

/** The form with the name that the provider has for the model; unchanged if that is the same. */
function toBody(
  rest: Readable,
  lengthBytes: number | undefined,
  held: Buffer,
  { name, start, end }: FoundModel,
  id: string,
): ForwardedBody {
  const isSame = name === id;
  const head = isSame ? held : Buffer.concat([held.subarray(0, start), Buffer.from(id), held.subarray(end)]);
  return { head, rest, ...(lengthBytes !== undefined && { length: lengthBytes + head.length - held.length }) };
}

const forwarded: readonly Route[] = [
  forwardingForm('/audio/transcriptions'),
  forwardingForm('/audio/translations'),
  forwardingForm('/images/edits'),
  forwardingForm('/images/variations'),
  forwardingJson('/audio/speech'),
  forwardingJson('/rerank'),
  forwardingJson('/moderations', 'omni-moderation-latest'),
  // The Codex CLI's web search.
  forwardingJson('/alpha/search'),
];
export default forwarded;
