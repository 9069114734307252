import { join } from 'node:path';
import { createChatGptCredentials } from '../../auth/chatgpt-credentials.ts';
import { createCredentialStore, credentialFileName } from '../../auth/credential-store.ts';
import { createInstructions } from '../../instructions.ts';
import { defineBuiltIn } from '../definition.ts';
import { createChatGptProvider } from './index.ts';
import { createChatGptModels } from './models.ts';

/** How often the token's expiry is looked at, in minutes; requests look too, but an idle server should stay signed in. */
const tokenCheckMinutes = 1;

/** The ChatGPT provider with all that it rests on, and the periodic work that keeps that fresh. */
export const chatGpt = defineBuiltIn({
  name: 'chatgpt',
  presence: 'once',
  async create(_options, { config, log, scheduler }) {
    const store = createCredentialStore({ path: join(config.dataDir, credentialFileName), log });
    const credentials = await createChatGptCredentials({ store, config, log });
    const models = createChatGptModels({ config, credentials, cacheDir: config.cacheDir, log });
    const instructions = createInstructions({ config, log });

    scheduler.schedule('ChatGPT token', tokenCheckMinutes, () => credentials.refreshIfDue());
    scheduler.schedule('ChatGPT models', config.modelsRefresh, async (signal) => {
      if (credentials.peek()) await models.refresh(signal);
    });
    scheduler.schedule('instructions', config.instructionsRefresh, (signal) => instructions.refresh(signal));
    return createChatGptProvider({ config, credentials, models, instructions, log });
  },
});
