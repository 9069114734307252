import { toUsageAnswer } from '../lib/quota/codex-usage.ts';
import { defineRoute, type Route } from '../lib/server/route.ts';

/** How old the windows may be, in milliseconds: Codex asks about once a minute. */
const maxAgeMs = 60_000;

/**
 * What is used of the ChatGPT plan, as the Codex CLI asks for it (since 0.154, as its WebSockets tell it no more): below a base
 * URL with `/backend-api` and without.
 */
function defineUsageRoute(path: string): Route {
  return defineRoute({
    method: 'get',
    path,
    through: 'rate-limit',
    createHandler({ providers, quotas }) {
      const asked = providers.filter(({ name }) => name === 'chatgpt');
      return async function tellUsage(_req, res) {
        await quotas.look(asked, maxAgeMs);
        res.json(toUsageAnswer(quotas.of('chatgpt'), Date.now()));
      };
    },
  });
}

export const codexUsage = defineUsageRoute('/api/codex/usage');
export const backendUsage = defineUsageRoute('/backend-api/wham/usage');
