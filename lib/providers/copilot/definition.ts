import { defineBuiltIn } from '../definition.ts';
import { copilotKeys } from './config.ts';
import { copilotLogin, copilotTitle } from './names.ts';

/** The GitHub Copilot seat's own backend. */
export const copilot = defineBuiltIn({
  name: 'copilot',
  title: copilotTitle,
  presence: 'once',
  turn: 'plan',
  keys: copilotKeys,
  create: async (_options, services) => (await import('./open.ts')).openCopilot(services),
  addresses: ({ githubApiUrl, copilotBaseUrl }) => (copilotBaseUrl ? [githubApiUrl, copilotBaseUrl] : [githubApiUrl]),
  signIn: {
    command: copilotLogin,
    // GitHub has no other way.
    ways: ['device'],
    signIn: async (services) => (await import('./account.ts')).signIn(services),
    revoke: async (services) => (await import('./account.ts')).revoke(services),
    report: async (services) => (await import('./account.ts')).report(services),
  },
});
