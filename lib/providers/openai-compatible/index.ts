/** A server that speaks as OpenAI's does, asked in the API that the client speaks wherever it has that. */
import { chatUpstream } from '../../apis/chat-completions/decoder.ts';
import { toChatBody } from '../../apis/chat-completions/upstream-request.ts';
import { restoreCustomCalls } from '../../apis/chat-completions/upstream-tools.ts';
import { responsesUpstream } from '../../apis/responses/decoder.ts';
import type { CanonicalRequest } from '../../canonical/types.ts';
import type { OpenCompatError } from '../../errors.ts';
import type { Json } from '../../lenient-json.ts';
import { Secret } from '../../secret.ts';
import { version } from '../../version.ts';
import type { BuildContext, Provider, UpstreamRequest } from '../provider.ts';
import { isOpenAi, toBaseUrl } from './base-url.ts';
import { readEmbeddings, toEmbeddingsBody } from './embeddings.ts';
import { openAiCompatibleError } from './errors.ts';
import type { OpenAiCompatibleOptions } from './options.ts';
import { chatOptionsFor, forChat, toPassedBody, toResponsesBody } from './request.ts';
import { createServerModels, type ServerModelsOptions } from './server-models.ts';

/** How long it is remembered that a server has no Responses API: it may be replaced by a newer one. */
const responsesMemoryMs = 3_600_000;

/** What servers answer for a path that they do not have; some say it with 400 or 501 (wire facts, 2026). */
const absentStatuses: ReadonlySet<number> = new Set([404, 405, 501]);
const absentMessage =
  /not found|unknown (?:url|path|endpoint|route)|no (?:such )?route|unexpected endpoint|not (?:supported|implemented)|invalid url/i;

export type OpenAiCompatibleServices = Pick<ServerModelsOptions, 'config' | 'cacheDir' | 'log' | 'fetch' | 'now'>;

export function createOpenAiCompatibleProvider(
  name: string,
  options: OpenAiCompatibleOptions,
  services: OpenAiCompatibleServices,
): Provider {
  const { now = Date.now } = services;
  const baseUrl = toBaseUrl(options.baseURL);
  const title = name;
  const chatUrl = new URL(`${baseUrl}/chat/completions`);
  const responsesUrl = new URL(`${baseUrl}/responses`);
  const embeddingsUrl = new URL(`${baseUrl}/embeddings`);
  const identity = identityHeaders(options);
  const isOpenAisOwn = isOpenAi(baseUrl);
  const idleTimeoutMs = options.timeout === undefined ? undefined : options.timeout * 1000;
  /** The status that each refusal had. */
  const statuses = new WeakMap<OpenCompatError, number>();
  let hasNoResponsesUntilMs = Number.NEGATIVE_INFINITY;

  function toError(status: number, headers: Parameters<Provider['toError']>[1], body: string): OpenCompatError {
    const error = openAiCompatibleError(title, status, headers, withoutSecrets(body, identity), now());
    statuses.set(error, status);
    return error;
  }

  const models = createServerModels({
    ...services,
    provider: { name, title, toError },
    baseUrl,
    headers: { ...identity, accept: 'application/json' },
    names: options.models,
  });

  function speaksResponses({ clientApi }: Pick<BuildContext, 'clientApi'>): boolean {
    if (clientApi !== 'responses' || options.responses === false) return false;
    return options.responses === true || now() >= hasNoResponsesUntilMs;
  }

  function post(url: URL, body: Json, rest: Partial<UpstreamRequest> = {}): UpstreamRequest {
    const accept = body.stream === true ? 'text/event-stream' : 'application/json';
    return {
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json', accept, ...identity },
      body: JSON.stringify(body),
      idleTimeoutMs,
      ...rest,
    };
  }

  function buildRequest(request: CanonicalRequest, context: BuildContext): UpstreamRequest {
    const { model, raw } = context;
    if (raw && raw.api === chatUpstream.name) {
      return post(chatUrl, toPassedBody(raw, model), { api: chatUpstream, isPassThrough: true });
    }
    if (speaksResponses(context)) {
      return post(responsesUrl, toResponsesBody(request, context), {
        api: responsesUpstream,
        hasRawBody: raw !== undefined,
        honours: ['max_output_tokens'],
      });
    }
    const chatOptions = chatOptionsFor(context, isOpenAisOwn);
    return post(chatUrl, toChatBody(forChat(request, context), chatOptions), {
      api: chatUpstream,
      honours: ['stop', 'max_output_tokens'],
      restoreEvent: restoreCustomCalls(request, chatOptions),
    });
  }

  return {
    name,
    title,
    models: () => models.list(),
    refreshModels: (signal) => models.refresh(signal),
    unlistedModel: (id) => models.unlisted(id),
    listState: () => models.state(),
    lookForModels: () => models.look(),

    readiness() {
      const failure = models.failure();
      return {
        isReady: true,
        hasCredentials: true,
        ...(failure && { reason: `Its models could not be listed: ${failure}` }),
      };
    },

    buildRequest,
    buildEmbeddings: (request, { model }) => post(embeddingsUrl, toEmbeddingsBody(request, model.id)),
    readEmbeddings,
    toError,

    amendRequest(request, error, context) {
      const status = statuses.get(error) ?? 0;
      if (options.responses !== 'auto' || !speaksResponses(context)) return undefined;
      const isAbsent = absentStatuses.has(status) || (status === 400 && absentMessage.test(error.message));
      if (!isAbsent || error.code === 'OC_UPSTREAM_MODEL_NOT_FOUND') return undefined;
      hasNoResponsesUntilMs = now() + responsesMemoryMs;
      context.log.info('the server has no Responses API; it is asked by Chat Completions', { provider: name });
      return request;
    },
  };
}

/** What says who asks; headers of the configuration outweigh all others. */
function identityHeaders({ apiKey, headers = {} }: OpenAiCompatibleOptions): UpstreamRequest['headers'] {
  const sent: UpstreamRequest['headers'] = { 'user-agent': `opencompat/${version}` };
  if (apiKey !== undefined) sent.authorization = new Secret(`Bearer ${apiKey}`);
  for (const [header, text] of Object.entries(headers)) sent[header.toLowerCase()] = new Secret(text);
  return sent;
}

/** Shorter texts are no secrets, and may be words of the answer. */
const leastSecretCharacters = 8;

/** Some servers quote the key that they refuse. */
function withoutSecrets(text: string, headers: UpstreamRequest['headers']): string {
  return Object.values(headers).reduce<string>((cleaned, value) => {
    const secret = value instanceof Secret ? value.reveal().replace(/^Bearer /, '') : '';
    return secret.length < leastSecretCharacters ? cleaned : cleaned.replaceAll(secret, '[removed]');
  }, text);
}
