import { defineBuiltIn } from '../definition.ts';
import { demoKeys } from './config.ts';

/** There when asked for, or when nobody has signed in to another or configured one. */
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
