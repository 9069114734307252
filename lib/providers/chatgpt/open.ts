import { openCredentialStore } from '../../auth/open-credential-store.ts';
import type { ProviderServices } from '../definition.ts';
import type { Provider } from '../provider.ts';
import type { ChatGptConfig } from './config.ts';
import { createChatGptCredentials } from './credentials.ts';
import { createChatGptProvider } from './index.ts';
import { createInstructions } from './instructions.ts';
import { createChatGptModels } from './models.ts';

/** How often the token's expiry is looked at, in minutes; requests look too, but an idle server should stay signed in. */
const tokenCheckMinutes = 1;

/** The ChatGPT provider with all that it rests on, and the periodic work that keeps that fresh. */
export async function openChatGpt({
  config,
  log,
  scheduler,
  redis,
}: ProviderServices<ChatGptConfig>): Promise<Provider> {
  const store = openCredentialStore({ config, log, redis });
  const credentials = await createChatGptCredentials({ store, config, log });
  const models = createChatGptModels({ config, credentials, cacheDir: config.cacheDir, log });
  const instructions = createInstructions({ config, log });

  scheduler.schedule('ChatGPT token', tokenCheckMinutes, () => credentials.refreshIfDue());
  scheduler.schedule('ChatGPT models', config.modelsRefresh, async (signal) => {
    if (credentials.peek()) await models.refresh(signal);
  });
  scheduler.schedule('instructions', config.instructionsRefresh, (signal) => instructions.refresh(signal));
  return createChatGptProvider({ config, credentials, models, instructions, log });
}
