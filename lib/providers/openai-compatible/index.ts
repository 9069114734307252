/** A server that speaks OpenAI's APIs, asked in the client's own API where it has that. */
import { OpenCompatError } from '../../errors.ts';
import { Secret } from '../../secret.ts';
import { version } from '../../version.ts';
import type { Provider, UpstreamRequest } from '../provider.ts';
import { quotaFromRateLimits } from '../rate-limit-headers.ts';
import { withoutSecrets } from '../sent-secrets.ts';
import { createServerModels, modelPartOf, type ServerModelsOptions } from '../server-models.ts';
import { findOtherBaseUrl, toBaseUrl } from './base-url.ts';
import { readEmbeddings } from './embeddings.ts';
import { openAiCompatibleError } from './errors.ts';
import { parseModels, toModelInfo } from './models.ts';
import type { OpenAiCompatibleOptions } from './options.ts';
import { type ServerRefusal, ServerRequests } from './requests.ts';

export type OpenAiCompatibleServices = Pick<ServerModelsOptions, 'config' | 'cacheDir' | 'log' | 'fetch' | 'now'>;

export function createOpenAiCompatibleProvider(
  name: string,
  options: OpenAiCompatibleOptions,
  services: OpenAiCompatibleServices,
): Provider {
  const { now = Date.now } = services;
  const title = name;
  const identity = identityHeaders(options);
  /** Other headers may hold a key too. */
  const isIdentified = options.apiKey !== undefined || Object.keys(options.headers ?? {}).length > 0;
  const requests = new ServerRequests(options, identity, now);
  /** What the server itself said with each refusal. */
  const refusals = new WeakMap<OpenCompatError, ServerRefusal>();

  const toError: Provider['toError'] = (status, headers, body) => {
    const told = openAiCompatibleError(title, status, headers, withoutSecrets(body, identity), now());
    const isKeyMissing = status === 401 && !isIdentified;
    const isOfPath = status === 404 || status === 405;
    const error = isKeyMissing
      ? new OpenCompatError('OC_UPSTREAM_KEY_MISSING', { provider: title, status })
      : isOfPath
        ? withBaseUrl(told, toBaseUrl(options.baseURL))
        : told;
    refusals.set(error, { status, message: told.message });
    return error;
  };

  const models = createServerModels({
    ...services,
    provider: { name, title, toError },
    url: `${toBaseUrl(options.baseURL)}/models`,
    parse: parseModels,
    assume: toModelInfo,
    headers: { ...identity, accept: 'application/json' },
    names: options.models,
  });

  return {
    name,
    title,
    ...modelPartOf(models),
    buildRequest: (request, context) => requests.build(request, context),
    buildEmbeddings: (request, context) => requests.buildEmbeddings(request, context),
    readEmbeddings,
    buildForward: (path) => requests.buildForward(path),
    toError,
    readQuota: (headers) => quotaFromRateLimits(headers, now()),

    amendRequest: (request, error, context) =>
      requests.amend(request, error, refusals.get(error) ?? { status: 0, message: error.message }, context),
  };
}

/** The headers that identify the sender; configured headers override all others. */
function identityHeaders({ apiKey, headers = {} }: OpenAiCompatibleOptions): UpstreamRequest['headers'] {
  const sent: UpstreamRequest['headers'] = { 'user-agent': `opencompat/${version}` };
  if (apiKey !== undefined) sent.authorization = new Secret(`Bearer ${apiKey}`);
  for (const [header, text] of Object.entries(headers)) sent[header.toLowerCase()] = new Secret(text);
  return sent;
}

/** Names the base URL: it may be why the server has nothing at this path. */
function withBaseUrl(error: OpenCompatError, baseUrl: string): OpenCompatError {
  const other = findOtherBaseUrl(baseUrl);
  // OpenAI says of an unknown path that the request is at fault.
  const isOfPath = error.code === 'OC_UPSTREAM_ERROR' || (other && error.code === 'OC_UPSTREAM_BAD_REQUEST');
  if (!isOfPath) return error;
  const question = other ? `; is it ${other}?` : '.';
  return new OpenCompatError('OC_UPSTREAM_ERROR', {
    reason: `${error.message} Its base URL here is ${baseUrl}${question}`,
  });
}
