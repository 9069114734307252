import { openCredentialStore } from '../../auth/open-credential-store.ts';
import type { ProviderServices } from '../definition.ts';
import type { Provider } from '../provider.ts';
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
  redis,
}: ProviderServices<CopilotConfig>): Promise<Provider> {
  const store = openCredentialStore({ config, log, redis });
  const credentials = await createCopilotCredentials({ store, config, headers: copilotHeaders(config), log });
  const models = createCopilotModels({ config, credentials, cacheDir: config.cacheDir, log });

  scheduler.schedule('Copilot token', tokenCheckMinutes, () => credentials.refreshIfDue());
  scheduler.schedule('Copilot models', config.modelsRefresh, async (signal) => {
    if (credentials.peek() !== undefined) await models.refresh(signal);
  });
  return createCopilotProvider({ config, credentials, models });
}
