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

/** Behind it stand OpenAI's paths; Azure's names the model. */
const bases = { usual: '/v1', azure: '/openai/deployments/:model' } as const;
type Base = keyof typeof bases;

/** The model that the path names, which counts whatever the body says. */
function modelOfPath({ params }: Request): string | undefined {
  const { model } = params;
  // It may come into a form.
  return typeof model === 'string' && !/[\r\n]/.test(model) ? model : undefined;
}

/** @param defaultModel where the API has one */
function forwardingJson(
  path: string,
  { base = 'usual', defaultModel }: { base?: Base; defaultModel?: string } = {},
): Route {
  return defineRoute({
    method: 'post',
    path: `${bases[base]}${path}`,
    api,
    through: 'parse-body',
    createHandler(services) {
      const forwarding = openForwarding(services);
      return async function forwardJson(req, res) {
        const { exchange } = req;
        const asked = asObject(exchange.body) ?? {};
        const name = modelOfPath(req) ?? asked.model ?? defaultModel;
        if (typeof name !== 'string' || name === '') throw missingModel();
        const { id } = await chooseForward(exchange, name, path, forwarding);
        const body = toWhole(Buffer.from(JSON.stringify({ ...asked, model: id })));
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
function forwardingForm(path: string, base: Base = 'usual'): Route {
  return defineRoute({
    method: 'post',
    path: `${bases[base]}${path}`,
    api,
    through: 'rate-limit',
    createHandler(services) {
      const forwarding = openForwarding(services);
      return async function forwardForm(req, res) {
        const { exchange } = req;
        const { contentType, boundary, lengthBytes } = readFormHead(req);
        const { held, found } = await readToModel(req, boundary, forwarding.config.maxBodyBytes);
        const name = modelOfPath(req) ?? found?.name;
        if (name === undefined) throw missingModel();
        const { id } = await chooseForward(exchange, name, path, forwarding);
        const body = found
          ? toBody(req, lengthBytes, held, found, id)
          : toWhole(Buffer.concat([Buffer.from(toPart(boundary, id)), held]));
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

/** @throws OpenCompatError OC_BODY_TOO_LARGE for a field that comes too late */
async function readToModel(
  req: Request,
  boundary: string,
  limitBytes: number,
): Promise<{ held: Buffer; found?: FoundModel }> {
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
  return { held: Buffer.concat(parts) };
}

/** The field `model`, to stand in front of a form. */
function toPart(boundary: string, id: string): string {
  return `--${boundary}\r\ncontent-disposition: form-data; name="model"\r\n\r\n${id}\r\n`;
}

function toWhole(head: Buffer): ForwardedBody {
  return { head, length: head.length };
}

/** The form with a text in the place of what stands there. */
function toBody(
  rest: Readable,
  lengthBytes: number | undefined,
  held: Buffer,
  { start, end }: Pick<FoundModel, 'start' | 'end'>,
  text: string,
): ForwardedBody {
  const head = Buffer.concat([held.subarray(0, start), Buffer.from(text), held.subarray(end)]);
  return { head, rest, ...(lengthBytes !== undefined && { length: lengthBytes + head.length - held.length }) };
}

const forwarded: readonly Route[] = [
  forwardingForm('/audio/transcriptions'),
  forwardingForm('/audio/translations'),
  forwardingForm('/images/edits'),
  forwardingForm('/images/variations'),
  forwardingJson('/audio/speech'),
  forwardingJson('/rerank'),
  forwardingJson('/moderations', { defaultModel: 'omni-moderation-latest' }),
  // The Codex CLI's web search.
  forwardingJson('/alpha/search'),
  // Those that Azure has for deployments too.
  forwardingForm('/audio/transcriptions', 'azure'),
  forwardingForm('/audio/translations', 'azure'),
  forwardingForm('/images/edits', 'azure'),
  forwardingJson('/audio/speech', { base: 'azure' }),
];
export default forwarded;
