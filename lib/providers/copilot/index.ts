/** The GitHub Copilot provider: the seat's own backend, as the editors' plugins use it. */
import { randomUUID } from 'node:crypto';
import { chatUpstream } from '../../apis/chat-completions/decoder.ts';
import { messagesUpstream } from '../../apis/messages/decoder.ts';
import { responsesUpstream } from '../../apis/responses/decoder.ts';
import type { CanonicalRequest } from '../../canonical/types.ts';
import { isReasoningRefusal, withoutReasoning } from '../amendments.ts';
import { readBearer, toBearer } from '../bearer-token.ts';
import type { ModelList } from '../model-list.ts';
import { readEmbeddings } from '../openai-compatible/embeddings.ts';
import type { BuildContext, Provider, UpstreamRequest } from '../provider.ts';
import { backendUrl, type CopilotPath, copilotPaths } from './backend.ts';
import { toCopilotChatBody } from './chat.ts';
import type { CopilotConfig } from './config.ts';
import type { CopilotCredentials } from './credentials.ts';
import { copilotError, refusedFields, refusedPath } from './errors.ts';
import { type CopilotHeadersConfig, copilotHeaders } from './headers.ts';
import { hasImage, readInitiator } from './initiator.ts';
import { createCopilotMemory } from './memory.ts';
import { isPassedOn, toCopilotMessagesBody, withModel } from './messages.ts';
import { assumeModel, type CopilotModel } from './models.ts';
import { copilotLogin, copilotTitle } from './names.ts';
import { quotaFromEvent, quotaFromHeaders } from './quota.ts';
import { type CopilotBody, toResponsesBody } from './responses.ts';

export interface CopilotProviderOptions {
  config: CopilotHeadersConfig &
    Pick<
      CopilotConfig,
      'copilotAnthropicBeta' | 'copilotBaseUrl' | 'reasoningEffort' | 'reasoningSummary' | 'textVerbosity'
    >;
  credentials: Pick<
    CopilotCredentials,
    'peek' | 'exists' | 'isUnreadable' | 'lookNowAndThen' | 'get' | 'renew' | 'close'
  >;
  models: ModelList<CopilotModel>;
}

type Context = Pick<BuildContext, 'model' | 'ignore' | 'raw'>;

const embeddingsPath = '/embeddings';
const anthropicVersion = '2023-06-01';

export function createCopilotProvider({ config, credentials, models }: CopilotProviderOptions): Provider {
  const memory = createCopilotMemory();
  const commonHeaders = { ...copilotHeaders(config), 'content-type': 'application/json' };

  function modelOf(id: string): CopilotModel {
    return models.list().find((model) => model.id === id) ?? assumeModel(id);
  }

  /** Where the model is asked, the best place first: without those that have turned it away, of which one is left. */
  function pathsFor({ id, effort }: BuildContext['model'], raw: BuildContext['raw']): readonly CopilotPath[] {
    const listed = modelOf(id).paths;
    const chat = '/chat/completions';
    const paths: CopilotPath[] = listed.includes('/responses') ? ['/responses', chat] : [chat, '/responses'];
    if (listed.includes('/v1/messages')) {
      // As the client wrote it, so that its thinking blocks go there and back; but for an effort that only the name says.
      if (isPassedOn(raw, effort) || !listed.includes(chat)) paths.unshift('/v1/messages');
      else paths.push('/v1/messages');
    }
    return paths.filter((path) => !memory.isRefused(id, path));
  }

  /** The account's token is not known yet: the address may change with it. */
  function post(path: string, body: object, { headers, ...rest }: Partial<UpstreamRequest>): UpstreamRequest {
    return {
      method: 'POST',
      url: new URL(`${backendUrl(config)}${path}`),
      headers: { ...commonHeaders, 'x-request-id': randomUUID(), ...headers },
      body: JSON.stringify(body),
      ...rest,
    };
  }

  function buildFor(path: CopilotPath, request: CanonicalRequest, { model, ignore, raw }: Context): UpstreamRequest {
    const omit = memory.fieldsRefused(model.id);
    const context = { model, ignore, config, omit };
    const stream = { accept: 'text/event-stream' };
    const turn = {
      'openai-intent': request.tools?.length ? 'conversation-agent' : 'conversation-panel',
      'x-initiator': readInitiator(request),
      ...(hasImage(request) && { 'copilot-vision-request': 'true' }),
    };
    const withBody = (api: UpstreamRequest['api'], { body, ...rest }: CopilotBody) =>
      post(path, body, { api, headers: { ...turn, ...stream }, ...rest });
    switch (path) {
      case '/responses':
        return withBody(responsesUpstream, toResponsesBody(request, context));
      case '/chat/completions':
        return withBody(chatUpstream, toCopilotChatBody(request, context));
      case '/v1/messages': {
        const anthropic = {
          'anthropic-version': anthropicVersion,
          ...(config.copilotAnthropicBeta.length > 0 && { 'anthropic-beta': config.copilotAnthropicBeta.join(',') }),
        };
        if (!isPassedOn(raw, model.effort)) {
          const { body, ...rest } = toCopilotMessagesBody(request, {
            ...context,
            thinking: modelOf(model.id).thinking,
          });
          return post(path, body, { api: messagesUpstream, headers: { ...turn, ...stream, ...anthropic }, ...rest });
        }
        return post(path, withModel(raw!, context), {
          api: messagesUpstream,
          isPassThrough: true,
          headers: { ...turn, ...(request.stream && stream), ...anthropic },
        });
      }
      default:
        return path satisfies never;
    }
  }

  /** @returns false when there is no other place to ask */
  function turnFrom(refused: CopilotPath, { model, raw }: Context): boolean {
    memory.refusePath(model.id, refused);
    if (pathsFor(model, raw).length > 0) return true;
    // It must be somewhere: the next request looks anew.
    memory.forgetPaths(model.id);
    return false;
  }

  return {
    name: 'copilot',
    title: copilotTitle,

    models: () => (credentials.exists() ? models.list() : []),
    refreshModels: (signal) => models.refresh(signal),
    lookForModels: () => models.look(),
    // The account may be ahead of the list: it decides.
    unlistedModel: (id) => assumeModel(id),

    lookForSignIn: () => credentials.lookNowAndThen(),
    readiness() {
      if (credentials.peek() !== undefined) return { isReady: true, hasCredentials: true };
      const hasCredentials = credentials.exists();
      if (credentials.isUnreadable()) {
        return { isReady: false, hasCredentials, reason: 'The credential file cannot be used: the log says why.' };
      }
      const state = hasCredentials
        ? `The sign-in to ${copilotTitle} no longer works`
        : `The server is not signed in to ${copilotTitle}`;
      return { isReady: false, hasCredentials, reason: `${state}: run \`${copilotLogin}\`.` };
    },

    buildRequest(request, context) {
      return buildFor(pathsFor(context.model, context.raw)[0]!, request, context);
    },

    buildEmbeddings(request, { model, ignore }) {
      const { input, dimensions, user } = request.embeddings!;
      const takesDimensions = modelOf(model.id).hasDimensions ?? true;
      if (dimensions !== undefined && !takesDimensions) ignore('dimensions');
      if (user !== undefined) ignore('user');
      const body = { model: model.id, input, ...(dimensions !== undefined && takesDimensions && { dimensions }) };
      return post(embeddingsPath, body, {});
    },
    readEmbeddings,

    async authorize(headers, rejected, request) {
      const token = rejected ? await credentials.renew(readBearer(rejected)) : await credentials.get();
      if (!token) return false;
      headers.authorization = toBearer(token.token);
      const path = [...copilotPaths, embeddingsPath].find((known) => request?.url.pathname.endsWith(known));
      if (request && path) request.url = new URL(`${backendUrl(config, token)}${path}`);
      return true;
    },

    toError: (status, headers, body) => copilotError(status, headers, body),

    amendRequest(request, error, context) {
      if (isReasoningRefusal(error)) return withoutReasoning(request);
      const path = refusedPath(error);
      if (path) {
        const refused = path === 'unnamed' ? pathsFor(context.model, context.raw)[0]! : path;
        return turnFrom(refused, context) ? request : undefined;
      }
      const fields = refusedFields(error);
      if (fields.length === 0) return undefined;
      const model = context.model.id;
      context.log.info('a model does not take what is left out from now on', { model, fields });
      for (const field of fields) memory.refuseField(model, field);
      return request;
    },

    readQuota: (headers) => quotaFromHeaders(headers, Date.now()),
    readVendorEvent: (event) => quotaFromEvent(event, Date.now()),

    close: () => credentials.close(),
  };
}
