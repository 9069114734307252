import { defineBuiltIn } from '../definition.ts';
import { createDemoProvider } from './index.ts';

/** There when asked for, or when nobody has signed in to another or configured one. */
export const demo = defineBuiltIn({
  name: 'demo',
  presence: 'once',
  create(_options, { config, name, providers }) {
    const isUsable = (provider: (typeof providers)[number]) => {
      if (provider.name === name) return false;
      const { hasCredentials, isReady } = provider.readiness();
      return hasCredentials ?? isReady;
    };
    return createDemoProvider({ isListed: () => config.demo || !providers.some(isUsable) });
  },
});
