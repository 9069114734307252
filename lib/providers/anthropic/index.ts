/** A server of Anthropic's Messages API: its clients' requests are passed on, those of others are translated. */
import { OpenCompatError } from '../../errors.ts';
import { parseObject } from '../../lenient-json.ts';
import { outgoingFetch } from '../../outgoing/fetch.ts';
import { Secret } from '../../secret.ts';
import { version } from '../../version.ts';
import { askProvider } from '../ask.ts';
import type { Provider, UpstreamRequest } from '../provider.ts';
import { quotaFromRateLimits } from '../rate-limit-headers.ts';
import { withoutSecrets } from '../sent-secrets.ts';
import { createServerModels, modelPartOf, type ServerModelsOptions } from '../server-models.ts';
import type { AnthropicConfig } from './config.ts';
import { anthropicError } from './errors.ts';
import { parseModels, toModelInfo } from './models.ts';
import type { AnthropicOptions } from './options.ts';
import { AnthropicRequests, anthropicVersion, toBaseUrl } from './requests.ts';

export interface AnthropicServices extends Pick<ServerModelsOptions, 'cacheDir' | 'log' | 'fetch' | 'now'> {
  config: Pick<AnthropicConfig, 'modelsRefresh' | 'reasoningEffort'>;
}

/** Claude Code counts often, and has to wait for it. */
const countTimeoutMs = 5_000;
const maxCountBytes = 64 * 1024;

export function createAnthropicProvider(
  name: string,
  options: AnthropicOptions,
  services: AnthropicServices,
): Provider {
  const { now = Date.now, fetch = outgoingFetch } = services;
  const title = name === 'anthropic' ? 'Anthropic' : name;
  const identity = identityHeaders(options);
  const isIdentified = options.apiKey !== undefined || Object.keys(options.headers ?? {}).length > 0;

  const toError: Provider['toError'] = (status, headers, body) =>
    status === 401 && !isIdentified
      ? new OpenCompatError('OC_UPSTREAM_KEY_MISSING', { provider: title, status })
      : anthropicError(title, status, headers, withoutSecrets(body, identity), now());

  const models = createServerModels({
    ...services,
    provider: { name, title, toError },
    url: `${toBaseUrl(options.baseURL)}/v1/models?limit=1000`,
    parse: parseModels,
    assume: toModelInfo,
    headers: { ...identity, 'anthropic-version': anthropicVersion, accept: 'application/json' },
    names: options.models,
  });
  const requests = new AnthropicRequests(options, identity, services.config, () => models.list(), now);

  return {
    name,
    title,
    ...modelPartOf(models),
    buildRequest: (request, context) => requests.build(request, context),
    amendRequest: (request, error, context) => requests.amend(request, error, context),
    amendRaw: (raw, error) => requests.amendRaw(raw, error),
    toError,
    readQuota: (headers) => quotaFromRateLimits(headers, now()),

    async countTokens(raw, model, signal) {
      const { url, headers, body } = requests.buildCount(raw, model.id);
      const limits = { fetch, timeoutMs: countTimeoutMs, maxBytes: maxCountBytes };
      const { text } = await askProvider({ title, toError }, url.href, headers, { ...limits, body, signal });
      return Number(parseObject(text)?.input_tokens);
    },
  };
}

/** The headers that identify the sender; configured headers override all others. */
function identityHeaders({ apiKey, headers = {} }: AnthropicOptions): UpstreamRequest['headers'] {
  const sent: UpstreamRequest['headers'] = { 'user-agent': `opencompat/${version}` };
  if (apiKey !== undefined) sent['x-api-key'] = new Secret(apiKey);
  for (const [header, text] of Object.entries(headers)) sent[header.toLowerCase()] = new Secret(text);
  return sent;
}
