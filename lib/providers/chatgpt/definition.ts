import { homedir } from 'node:os';
import { join } from 'node:path';
import { defineBuiltIn } from '../definition.ts';
import { chatGptKeys } from './config.ts';
import { chatGptRules } from './config-rules.ts';

/** The ChatGPT plan's own backend. */
export const chatGpt = defineBuiltIn({
  name: 'chatgpt',
  title: 'ChatGPT',
  presence: 'once',
  turn: 'plan',
  keys: chatGptKeys,
  rules: chatGptRules,
  create: async (_options, services) => (await import('./open.ts')).openChatGpt(services),
  addresses: ({ chatgptBaseUrl, chatgptAuthUrl }) => [chatgptBaseUrl, chatgptAuthUrl],
  signIn: {
    command: 'opencompat login',
    ways: ['browser', 'device'],
    importsFrom: {
      // Where Codex CLI keeps it.
      path: () => join(process.env.CODEX_HOME?.trim() || join(homedir(), '.codex'), 'auth.json'),
      warning:
        'The other program must sign in again: a refresh token can be used only once, and if both used this one, ChatGPT would end the sign-in of both.',
    },
    signIn: async (services, way) => (await import('./account.ts')).signIn(services, way),
    revoke: async (services, credential) => (await import('./account.ts')).revoke(services, credential),
    report: async (services) => (await import('./account.ts')).report(services),
  },
  extra: {
    title: 'Instructions',
    what: 'Codex’s instruction texts',
    fetch: async (services) => (await import('./instructions.ts')).createInstructions(services).refresh(),
  },
});
