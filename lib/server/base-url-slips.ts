/**
 * Base URLs with a `/v1` too few or too many: clients of OpenAI's API want one, those of Anthropic's and Ollama's none, and
 * each adds its own path behind it. Others end with a slash, are those of the whole path, or of another server.
 */
import type { Route } from './route.ts';

/** What stands before `/v1` or instead of it at Azure, Groq and Gemini. */
const otherServers = /^(?:\/v1beta)?\/openai(?=\/)/;
/** A base URL that already is the address of an answer: the client adds its path once more. */
const wholePath =
  /^(?:\/v1)?\/(?:chat\/completions|responses|messages|completions|embeddings)(?=\/)|^\/api\/(?:chat|generate)(?=\/)/;

/** Finds the path that was meant by one that leads nowhere; undefined where none is near. */
export function createSlipFinder(routes: readonly Pick<Route, 'path'>[]): (path: string) => string | undefined {
  const known = [...new Set(routes.map(({ path }) => path))].map(toPattern);
  const isKnown = (path: string) => known.some((pattern) => pattern.test(path));
  return (path) => {
    // The first part twice (`/v1/v1/messages`, `/api/api/chat`), another API's in front (`/v1/api/chat`), or none.
    const written = path.replace(/\/{2,}/g, '/').replace(otherServers, '');
    const once = written.replace(/^(\/v1|\/api)\1+(?=\/)/, '$1');
    const behind = once.replace(wholePath, '');
    const meant = [
      ...[once, once.replace(/^\/v1(?=\/api\/)/, ''), once.replace(/^\/api(?=\/v1\/)/, ''), `/v1${written}`],
      ...[behind, `/v1${behind}`],
    ];
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
