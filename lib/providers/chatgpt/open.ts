import { openCredentialStore } from '../../auth/open-credential-store.ts';
import type { ProviderServices } from '../definition.ts';
import type { Provider } from '../provider.ts';
import { countRefreshes } from '../refresh-count.ts';
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
  lasting,
  metrics,
  redis,
}: ProviderServices<ChatGptConfig>): Promise<Provider> {
  const { dataDir, cacheDir, chatgptAuthUrl, oauthClientId } = config;
  const { chatgptBaseUrl, chatgptClientVersion, chatgptOriginator, chatgptModels, modelsRefresh } = config;
  const signInFacts = { dataDir, chatgptAuthUrl, oauthClientId };
  const credentials = await lasting.open(
    'sign-in',
    signInFacts,
    () =>
      createChatGptCredentials({
        store: openCredentialStore({ config, log, redis }),
        config,
        log,
        onRenewal: countRefreshes(metrics, 'chatgpt'),
      }),
    (signIn) => signIn.close(),
  );
  const models = lasting.open(
    'models',
    { signInFacts, cacheDir, chatgptBaseUrl, chatgptClientVersion, chatgptOriginator, chatgptModels, modelsRefresh },
    () => createChatGptModels({ config, credentials, cacheDir, log }),
  );
  const instructions = createInstructions({ config, log });

  scheduler.schedule('ChatGPT token', tokenCheckMinutes, () => credentials.refreshIfDue());
  scheduler.schedule('ChatGPT models', modelsRefresh, async (signal) => {
    if (credentials.peek()) await models.refresh(signal);
  });
  scheduler.schedule('instructions', config.instructionsRefresh, (signal) => instructions.refresh(signal));
  return createChatGptProvider({ config, credentials, models, instructions, log });
}
