/** Passes an exchange on to a provider, unread: the box that builds, authorizes and sends has no part in it. */
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { streamHeaders } from '../answer/client-answer.ts';
import type { ForwardedBody, Forwarder, ForwardOptions } from '../answer/forwarded-request.ts';
import { readWhole } from '../answer/read-whole.ts';
import { readRefusalText } from '../answer/refusal-text.ts';
import type { CanonicalUsage } from '../canonical/types.ts';
import { usageOf } from '../canonical/usage.ts';
import type { Config } from '../config/schema.ts';
import { OpenCompatError } from '../errors.ts';
import { asObject, type Json, parseObject } from '../lenient-json.ts';
import { findAllowedModels } from '../models/allowed.ts';
import type { ModelInfo, Provider, ResolvedModel, UpstreamAnswer } from '../providers/provider.ts';
import { headerText } from '../public-text.ts';
import type { Exchange } from './middleware.ts';
import { withAttemptTrace } from './tracing.ts';

export interface ForwardingServices {
  readonly config: Config;
  readonly providers: readonly Provider[];
  readonly forwarder: Forwarder;
}

/** Longest JSON answer in which the usage is looked for, in bytes. */
const maxUsageBytes = 256 * 1024;
const maxEndListeners = 32;
/** The headers of an answer that the client is given. */
const answerHeaders = ['content-type', 'content-length', 'content-disposition'] as const;

/**
 * Finds who takes requests to a path for the model that the client named, and holds the client to its limits.
 * @throws OpenCompatError OC_NOT_SERVED where the model's provider takes no such requests
 */
export async function chooseForward(
  exchange: Exchange,
  name: string,
  path: string,
  { config, providers }: ForwardingServices,
): Promise<ResolvedModel> {
  const found = await findAllowedModels(name, providers, config, exchange.clientKey?.models);
  const takers = found.filter(({ provider, isStandIn }) => !isStandIn && provider.buildForward?.(path));
  const model = takers.find(({ provider }) => provider.readiness().isReady) ?? takers[0];
  if (!model)
    throw new OpenCompatError('OC_NOT_SERVED', { provider: found[0]!.provider.title, what: path }, { param: 'model' });
  exchange.model = model;
  exchange.request = { model: name, input: [], stream: false };
  await exchange.charge?.();
  return model;
}

/** Gives a request that names no model to a provider, and holds the client to its limits. */
export async function chargeForward(exchange: Exchange, provider: Provider): Promise<void> {
  const info: ModelInfo = { id: '', createdS: 0, ownedBy: '', efforts: [] };
  exchange.model = { requested: '', id: '', provider, info };
  exchange.request = { model: '', input: [], stream: false };
  await exchange.charge?.();
}

/** A request of one of OpenAI's paths, to be passed on. */
export interface ForwardedRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Behind the base URL: `/audio/speech`. */
  readonly path: string;
  readonly query?: URLSearchParams;
  /** Of the body. */
  readonly contentType?: string;
  readonly body?: ForwardedBody;
  /** The error for a 404, where that tells of the thing that the path names. Absent: it is the provider's to say. */
  readonly notFound?: () => OpenCompatError;
}

/** Sends the request to the exchange's provider, and its answer to the client as it comes. */
export async function forwardExchange(
  exchange: Exchange,
  res: Response,
  request: ForwardedRequest,
  services: ForwardingServices,
): Promise<void> {
  const { answer } = await sendForward(exchange, request, services);
  await withTracedEnd(exchange, () => passOn(exchange, res, answer));
}

/**
 * As `forwardExchange`, for an answer that has to be read.
 * @throws OpenCompatError OC_UPSTREAM_INVALID for one that is no JSON object
 */
export async function fetchForward(
  exchange: Exchange,
  request: ForwardedRequest,
  services: ForwardingServices,
): Promise<Json> {
  const { answer, options } = await sendForward(exchange, request, services);
  const { maxAnswerBytes } = services.config;
  return withTracedEnd(exchange, async () => {
    const onFirstBytes = () => {
      exchange.timings.upstreamFirstMs ??= performance.now();
    };
    const bytes = await readWhole(answer, { ...options, maxAnswerBytes, onFirstBytes });
    exchange.timings.upstreamEndMs = performance.now();
    const body = parseObject(bytes.toString());
    if (!body) throw notJson(options.providerTitle);
    return body;
  });
}

/** @throws OpenCompatError for a refusal, and what `Forwarder.send` throws */
async function sendForward(
  exchange: Exchange,
  { method, path, query, contentType, body, notFound }: ForwardedRequest,
  { config, forwarder }: ForwardingServices,
): Promise<{ answer: UpstreamAnswer; options: ForwardOptions }> {
  const { signal, timings } = exchange;
  const { provider } = exchange.model;
  const { url, headers, idleTimeoutMs = config.upstreamIdleTimeout * 1000 } = provider.buildForward!(path)!;
  if (query) url.search = query.toString();
  const { 'content-type': _ownType, ...own } = headers;
  const sent = {
    ...own,
    accept: '*/*',
    'accept-encoding': 'identity',
    ...(contentType && { 'content-type': contentType }),
  };
  await provider.authorize?.(sent);
  timings.upstreamSentMs ??= performance.now();
  const options = { providerTitle: provider.title, idleTimeoutMs, signal };
  const request = { method, url, headers: sent };
  const send = () => withAttemptTrace(exchange, request, (traced) => forwarder.send(traced, body, options));
  let answer = await send();
  // A body that has been sent as it came cannot be sent again.
  if (answer.statusCode === 401 && !body?.rest && (await provider.authorize?.(sent, { ...sent }))) {
    answer.resume();
    answer = await send();
  }
  timings.upstreamHeadMs = performance.now();
  const { statusCode = 0 } = answer;
  if (statusCode < 200 || statusCode > 299) {
    const text = await readRefusalText(answer, options);
    throw statusCode === 404 && notFound ? notFound() : provider.toError(statusCode, answer.headers, text);
  }
  return { answer, options };
}

function notJson(provider: string): OpenCompatError {
  const details = { provider, api: 'JSON', reason: 'it is no object' };
  return new OpenCompatError('OC_UPSTREAM_INVALID', details);
}

async function withTracedEnd<T>(exchange: Exchange, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    exchange.trace?.endAttempts(exchange);
    return result;
  } catch (error) {
    exchange.trace?.endAttempts(exchange, error);
    throw error;
  }
}

async function passOn(exchange: Exchange, res: Response, answer: UpstreamAnswer): Promise<void> {
  const { model, timings } = exchange;
  const type = String(answer.headers['content-type'] ?? 'application/octet-stream');
  if (type.includes('text/event-stream')) res.set(streamHeaders(type));
  for (const name of answerHeaders) if (answer.headers[name] !== undefined) res.setHeader(name, answer.headers[name]);
  if (model.id !== '') res.setHeader('x-opencompat-model', headerText(`${model.provider.name}/${model.id}`));
  timings.upstreamFirstMs = performance.now();
  timings.firstByteMs = timings.upstreamFirstMs;
  const json = type.includes('json') ? collect(answer) : undefined;
  // The log's line is written when the client has the last byte, which is before the pipeline's promise.
  answer.once('end', () => {
    timings.upstreamEndMs = performance.now();
    exchange.answerEnd = 'ok';
    const usage = json && readUsage(json());
    if (usage) exchange.usage = usage;
  });
  // The boxes of the chain wait for its end too: with the pipeline they are more than Node takes for a leak.
  res.setMaxListeners(maxEndListeners);
  await pipeline(answer, res);
}

/** What passes by, as long as it is short. */
function collect(answer: UpstreamAnswer): () => string {
  let parts: Buffer[] = [];
  let bytes = 0;
  answer.on('data', (part: Buffer) => {
    bytes += part.length;
    if (bytes <= maxUsageBytes) parts.push(part);
    else parts = [];
  });
  return () => (bytes <= maxUsageBytes ? Buffer.concat(parts).toString() : '');
}

/** In either of OpenAI's forms. */
function readUsage(text: string): CanonicalUsage | undefined {
  const usage = asObject(parseObject(text)?.usage);
  const input = usage?.input_tokens ?? usage?.prompt_tokens;
  const output = usage?.output_tokens ?? usage?.completion_tokens ?? 0;
  if (typeof input !== 'number' || typeof output !== 'number') return undefined;
  return usageOf(input, output);
}
