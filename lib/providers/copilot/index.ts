/** The GitHub Copilot provider: the seat's own backend, as the editors' plugins use it. */
import { readBearer, toBearer } from '../bearer-token.ts';
import type { ModelList } from '../model-list.ts';
import { readEmbeddings } from '../openai-compatible/embeddings.ts';
import type { Provider } from '../provider.ts';
import { readinessOf } from '../sign-in-readiness.ts';
import type { CopilotConfig } from './config.ts';
import type { CopilotCredentials } from './credentials.ts';
import { estimateCredits, readCredits } from './credits.ts';
import { copilotError } from './errors.ts';
import { fetchCopilotAccount } from './get.ts';
import { assumeModel, type CopilotModel } from './models.ts';
import { copilotLogin, copilotTitle } from './names.ts';
import { quotaFromEvent, quotaFromHeaders } from './quota.ts';
import { CopilotRequests, type CopilotRequestsConfig } from './requests.ts';

export interface CopilotProviderOptions {
  config: CopilotRequestsConfig & Pick<CopilotConfig, 'githubApiUrl'>;
  credentials: Pick<
    CopilotCredentials,
    'peek' | 'exists' | 'isUnreadable' | 'look' | 'lookNowAndThen' | 'get' | 'renew' | 'getGitHubToken'
  >;
  models: ModelList<CopilotModel>;
}

export function createCopilotProvider({ config, credentials, models }: CopilotProviderOptions): Provider {
  const requests = new CopilotRequests(config, models);

  return {
    name: 'copilot',
    title: copilotTitle,

    models: () => (credentials.exists() ? models.list() : []),
    refreshModels: (signal) => models.refresh(signal),
    listState: () => models.state(),
    lookForModels: () => models.look(),
    // The account may be ahead of the list: it decides.
    unlistedModel: (id) => assumeModel(id),

    lookForSignIn: (isUrgent) => (isUrgent ? credentials.look() : credentials.lookNowAndThen()),
    readiness: () => readinessOf(credentials, { title: copilotTitle, login: copilotLogin }),

    buildRequest: (request, context) => requests.build(request, context),
    buildEmbeddings: (request, context) => requests.buildEmbeddings(request, context),
    readEmbeddings,

    async authorize(headers, rejected, request) {
      const token = rejected ? await credentials.renew(readBearer(rejected)) : await credentials.get();
      if (!token) return false;
      headers.authorization = toBearer(token.token);
      if (request) requests.readdress(request, token);
      return true;
    },

    toError: (status, headers, body) => copilotError(status, headers, body),
    amendRequest: (request, error, context) => requests.amend(request, error, context),
    amendRaw: (raw, error) => requests.amendRaw(raw, error),

    readQuota: (headers) => quotaFromHeaders(headers, Date.now()),
    readVendorEvent: (event) => quotaFromEvent(event, Date.now()),
    fetchQuota: async () => (await fetchCopilotAccount(config, await credentials.getGitHubToken())).quota,
    readCredits,
    estimateCredits(model, usage) {
      const prices = models.list().find(({ id }) => id === model)?.prices;
      return prices && estimateCredits(prices, usage);
    },
  };
}
