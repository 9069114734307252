/** Passes an exchange on to the provider of its model, unread: the box that builds, authorizes and sends has no part in it. */
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { streamHeaders } from '../answer/client-answer.ts';
import type { ForwardedBody, Forwarder } from '../answer/forwarded-request.ts';
import { readRefusalText } from '../answer/refusal-text.ts';
import type { CanonicalUsage } from '../canonical/types.ts';
import { usageOf } from '../canonical/usage.ts';
import type { Config } from '../config/schema.ts';
import { OpenCompatError } from '../errors.ts';
import { asObject, parseObject } from '../lenient-json.ts';
import { findAllowedModels } from '../models/allowed.ts';
import type { Provider, ResolvedModel, UpstreamAnswer } from '../providers/provider.ts';
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

/** Sends the body to the exchange's provider, and the answer to the client as it comes. */
export async function forwardExchange(
  exchange: Exchange,
  res: Response,
  path: string,
  contentType: string,
  body: ForwardedBody,
  { config, forwarder }: ForwardingServices,
): Promise<void> {
  const { model, signal, timings } = exchange;
  const { provider } = model;
  const { url, headers, idleTimeoutMs = config.upstreamIdleTimeout * 1000 } = provider.buildForward!(path)!;
  const sent = { ...headers, accept: '*/*', 'content-type': contentType, 'accept-encoding': 'identity' };
  await provider.authorize?.(sent);
  timings.upstreamSentMs = performance.now();
  const options = { providerTitle: provider.title, idleTimeoutMs, signal };
  const request = { method: 'POST', url, headers: sent };
  const send = () => withAttemptTrace(exchange, request, (traced) => forwarder.send(traced, body, options));
  let answer = await send();
  // A body that has been sent as it came cannot be sent again.
  if (answer.statusCode === 401 && !body.rest && (await provider.authorize?.(sent, { ...sent }))) {
    answer.resume();
    answer = await send();
  }
  timings.upstreamHeadMs = performance.now();
  const { statusCode = 0 } = answer;
  if (statusCode < 200 || statusCode > 299) {
    throw provider.toError(statusCode, answer.headers, await readRefusalText(answer, options));
  }
  try {
    await passOn(exchange, res, answer);
    exchange.trace?.endAttempts(exchange);
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
  res.setHeader('x-opencompat-model', headerText(`${model.provider.name}/${model.id}`));
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
