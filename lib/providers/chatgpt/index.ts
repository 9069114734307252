/** The ChatGPT provider: the plan's own backend, as Codex uses it. */

import type { Logger } from '../../log.ts';
import { isReasoningRefusal, withoutReasoning } from '../amendments.ts';
import { readBearer } from '../bearer-token.ts';
import type { ModelList } from '../model-list.ts';
import type { Provider } from '../provider.ts';
import { readinessOf } from '../sign-in-readiness.ts';
import type { ChatGptConfig } from './config.ts';
import type { ChatGptCredentials } from './credentials.ts';
import { chatGptError, isInstructionsRefusal } from './errors.ts';
import { assumeModel } from './fallback-models.ts';
import { chatGptHeaders, credentialHeaders, safetyBufferingHeaders } from './headers.ts';
import type { Instructions } from './instructions.ts';
import { quotaFromEvent, quotaFromHeaders } from './quota.ts';
import { buildChatGptBody } from './request.ts';
import { askChatGptUsage } from './usage.ts';

/** Of the Codex CLI's web search. */
const searchPath = '/alpha/search';

export interface ChatGptProviderOptions {
  config: Pick<
    ChatGptConfig,
    | 'chatgptBaseUrl'
    | 'chatgptClientVersion'
    | 'chatgptOriginator'
    | 'instructions'
    | 'reasoningEffort'
    | 'reasoningSummary'
    | 'textVerbosity'
  >;
  credentials: Pick<
    ChatGptCredentials,
    'peek' | 'exists' | 'isUnreadable' | 'look' | 'lookNowAndThen' | 'get' | 'renew'
  >;
  models: Pick<ModelList, 'list' | 'state' | 'look' | 'refresh' | 'noteEtag'>;
  instructions: Pick<Instructions, 'textFor' | 'neutral' | 'insists' | 'learn'>;
  log: Logger;
}

export function createChatGptProvider(options: ChatGptProviderOptions): Provider {
  const { config, credentials, models, instructions, log } = options;
  const url = new URL(`${config.chatgptBaseUrl.replace(/\/+$/, '')}/codex/responses`);
  const commonHeaders = chatGptHeaders(config, undefined, {
    accept: 'text/event-stream',
    contentType: 'application/json',
  });

  return {
    name: 'chatgpt',
    title: 'ChatGPT',

    models: () => models.list(),
    listState: () => models.state(),
    lookForModels: () => models.look(),
    refreshModels: (signal) => models.refresh(signal),
    // The account may be ahead of the list: it decides.
    unlistedModel: (id) => assumeModel(id),
    drawingModel: () => models.list().find(({ isHidden }) => !isHidden),

    lookForSignIn: (isUrgent) => (isUrgent ? credentials.look() : credentials.lookNowAndThen()),
    readiness: () => readinessOf(credentials, { title: 'ChatGPT', login: 'opencompat login' }),

    buildRequest(request, context) {
      const { body, headers, restoreEvent } = buildChatGptBody(request, { ...context, config, instructions });
      return {
        method: 'POST',
        url,
        headers: { ...commonHeaders, ...headers },
        body: JSON.stringify(body),
        restoreEvent,
      };
    },

    buildForward: (path) => toForward(config, path),

    async authorize(headers, rejected) {
      const credential = rejected ? await credentials.renew(readBearer(rejected)) : await credentials.get();
      // Facts of the previous account must not go along with the new account's token.
      delete headers['chatgpt-account-id'];
      delete headers['x-openai-fedramp'];
      Object.assign(headers, credentialHeaders(credential));
      return true;
    },

    toError: (status, headers, body) => chatGptError(status, headers, body),

    amendRequest(request, error, { model }) {
      if (isInstructionsRefusal(error)) {
        if (config.instructions !== 'auto' || instructions.insists(model.id)) return undefined;
        log.warn('the ChatGPT backend insists on Codex’s instructions', { model: model.id });
        void instructions.learn(model.id);
        return request;
      }
      return isReasoningRefusal(error) ? withoutReasoning(request) : undefined;
    },

    toldHeaders: safetyBufferingHeaders,
    readQuota(headers) {
      const etag = headers['x-models-etag'];
      if (typeof etag === 'string') models.noteEtag(etag);
      return quotaFromHeaders(headers, Date.now());
    },
    readVendorEvent: (event) => quotaFromEvent(event, Date.now()),
    fetchQuota: () => askChatGptUsage(config, credentials),
  };
}

/** Codex's own search is the one thing that the backend takes as it comes. */
function toForward(
  config: ChatGptProviderOptions['config'],
  path: string,
): ReturnType<NonNullable<Provider['buildForward']>> {
  if (path !== searchPath) return undefined;
  const url = new URL(`${config.chatgptBaseUrl.replace(/\/+$/, '')}/codex${path}`);
  return { url, headers: chatGptHeaders(config, undefined, { contentType: 'application/json' }) };
}
