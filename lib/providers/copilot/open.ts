import { openCredentialStore } from '../../auth/open-credential-store.ts';
import type { ProviderServices } from '../definition.ts';
import type { Provider } from '../provider.ts';
import { countRefreshes } from '../refresh-count.ts';
import type { CopilotConfig } from './config.ts';
import { createCopilotCredentials } from './credentials.ts';
import { copilotHeaders } from './headers.ts';
import { createCopilotProvider } from './index.ts';
import { createCopilotModels } from './models.ts';

/** How often the token's age is looked at, in minutes; requests look too, but should not have to wait for a new one. */
const tokenCheckMinutes = 1;

/** The Copilot provider with all that it rests on, and the periodic work that keeps that fresh. */
export async function openCopilot({
  config,
  log,
  scheduler,
  lasting,
  metrics,
  redis,
}: ProviderServices<CopilotConfig>): Promise<Provider> {
  const { dataDir, cacheDir, githubUrl, githubApiUrl, copilotClientId } = config;
  const { copilotBaseUrl, copilotModels, modelsRefresh } = config;
  const headers = copilotHeaders(config);
  const signInFacts = { dataDir, githubUrl, githubApiUrl, copilotClientId, headers };
  const credentials = await lasting.open(
    'sign-in',
    signInFacts,
    () =>
      createCopilotCredentials({
        store: openCredentialStore({ config, log, redis }),
        config,
        headers,
        log,
        onRenewal: countRefreshes(metrics, 'copilot'),
      }),
    (signIn) => signIn.close(),
  );
  const models = lasting.open('models', { signInFacts, cacheDir, copilotBaseUrl, copilotModels, modelsRefresh }, () =>
    createCopilotModels({ config, credentials, cacheDir, log }),
  );

  scheduler.schedule('Copilot token', tokenCheckMinutes, () => credentials.refreshIfDue());
  scheduler.schedule('Copilot models', modelsRefresh, async (signal) => {
    if (credentials.peek() !== undefined) await models.refresh(signal);
  });
  return createCopilotProvider({ config, credentials, models });
}
