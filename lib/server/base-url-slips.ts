/**
 * Base URLs with a `/v1` too few or too many: clients of OpenAI's API want one, those of Anthropic's and Ollama's none, and
 * each adds its own path behind it. Others end with a slash, are those of the whole path, or of another server.
 */
import type { Logger } from '../log.ts';
import { logText } from '../public-text.ts';
import type { Route } from './route.ts';

/** What stands before `/v1` or instead of it at Azure (whose clients name the model in the body too), Groq and Gemini. */
const otherServers = /^(?:\/v1beta)?\/openai(?:\/deployments\/[^/]+)?(?=\/)/;
/** Azure's paths with another API's in front. */
const behindVersion = /^\/v1(?=\/(?:api|openai\/deployments)\/)/;
/** A base URL that already is the address of an answer: the client adds its path once more. Anthropic's batches lie below one. */
const wholePath =
  /^(?:\/v1)?\/(?:chat\/completions|responses|messages(?!\/batches)|completions|embeddings)(?=\/)|^\/api\/(?:chat|generate)(?=\/)/;

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
      ...[
        once,
        path.replace(behindVersion, ''),
        once.replace(behindVersion, ''),
        once.replace(/^\/api(?=\/v1\/)/, ''),
        `/v1${written}`,
      ],
      ...[behind, `/v1${behind}`],
    ];
    return meant.find((candidate) => candidate !== path && isKnown(candidate));
  };
}

/** Most slips that are told, and most characters of a base URL in the log. */
const maxTold = 20;
const maxShownCharacters = 100;

/** Tells the log what a client's base URL should end with, each time another one comes. */
export class SlipNotices {
  readonly #told = new Set<string>();

  /** @param isBare do the client's paths begin with `/v1` themselves, as those of Anthropic's SDKs do? */
  tell(log: Logger, asked: string, meant: string, isBare: boolean): void {
    const { given, right } = toBaseUrls(asked, meant, isBare);
    if (given === right || this.#told.has(given) || this.#told.size >= maxTold) return;
    this.#told.add(given);
    const ends = right === '' ? 'nothing behind the host and port' : `\`${right}\` behind the host and port`;
    log.warn(
      `a client's base URL is not quite right, and its requests are answered all the same; it should have ${ends}`,
      {
        given: logText(given.slice(0, maxShownCharacters)) || 'nothing',
        path: logText(asked.slice(0, maxShownCharacters)),
      },
    );
  }
}

/** What stands before the client's own path in what it asked, and what should stand there. */
function toBaseUrls(asked: string, meant: string, isBare: boolean): { given: string; right: string } {
  const right = !isBare && meant.startsWith('/v1/') && !meant.startsWith('/v1/messages') ? '/v1' : '';
  const own = meant.slice(right.length);
  return { given: asked.endsWith(own) ? asked.slice(0, -own.length) : asked, right };
}

/** Express's `/v1/responses/:id` and `/v1/models/*id` as patterns of paths. */
function toPattern(path: string): RegExp {
  const parts = path.split('/').map((part) => {
    if (part.startsWith('*')) return '.+';
    return part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('/')}/?$`, 'i');
}
