/**
 * Base URLs with a `/v1` too few or too many: clients of OpenAI's API want one, those of Anthropic's and Ollama's none, and
 * each adds its own path behind it.
 */
import type { Route } from './route.ts';

/** Finds the path that was meant by one that leads nowhere; undefined where none is near. */
export function createSlipFinder(routes: readonly Pick<Route, 'path'>[]): (path: string) => string | undefined {
  const known = [...new Set(routes.map(({ path }) => path))].map(toPattern);
  const isKnown = (path: string) => known.some((pattern) => pattern.test(path));
  return (path) => {
    // The first part twice (`/v1/v1/messages`, `/api/api/chat`), another API's in front (`/v1/api/chat`), or none.
    const once = path.replace(/^(\/v1|\/api)\1+(?=\/)/, '$1');
    const meant = [once, once.replace(/^\/v1(?=\/api\/)/, ''), once.replace(/^\/api(?=\/v1\/)/, ''), `/v1${path}`];
    return meant.find((candidate) => candidate !== path && isKnown(candidate));
  };
}

/** Express's `/v1/responses/:id` and `/v1/models/*id` as patterns of paths. */
function toPattern(path: string): RegExp {
  const parts = path.split('/').map((part) => {
    if (part.startsWith('*')) return '.+';
    return part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('/')}/?$`, 'i');
}
