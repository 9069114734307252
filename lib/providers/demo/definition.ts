import { defineBuiltIn } from '../definition.ts';
import { demoKeys } from './config.ts';

/** Present when configured, or when there is neither a sign-in nor another configured provider. */
export const demo = defineBuiltIn({
  name: 'demo',
  title: 'The demo',
  presence: 'once',
  turn: 'stand-in',
  keys: demoKeys,
  async create(_options, { config, name, providers }) {
    const { createDemoProvider } = await import('./index.ts');
    const isUsable = (provider: (typeof providers)[number]) => {
      if (provider.name === name) return false;
      const { hasCredentials, isReady } = provider.readiness();
      return hasCredentials ?? isReady;
    };
    return createDemoProvider({ isListed: () => config.demo || !providers.some(isUsable) });
  },
});
