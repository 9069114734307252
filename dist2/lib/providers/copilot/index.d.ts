import type { ModelList } from '../model-list.ts';
import type { Provider } from '../provider.ts';
import type { CopilotConfig } from './config.ts';
import type { CopilotCredentials } from './credentials.ts';
import { type CopilotModel } from './models.ts';
import { type CopilotRequestsConfig } from './requests.ts';
export interface CopilotProviderOptions {
    config: CopilotRequestsConfig & Pick<CopilotConfig, 'githubApiUrl'>;
    credentials: Pick<CopilotCredentials, 'peek' | 'exists' | 'isUnreadable' | 'look' | 'lookNowAndThen' | 'get' | 'renew' | 'getGitHubToken'>;
    models: ModelList<CopilotModel>;
}
export declare function createCopilotProvider({ config, credentials, models }: CopilotProviderOptions): Provider;
