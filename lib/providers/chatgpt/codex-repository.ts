/** Codex's repository on GitHub: which release is the newest, and the files of a release. */
import { OpenCompatError } from '../../errors.ts';
import { asText, parseObject } from '../../lenient-json.ts';
import type { Logger } from '../../log.ts';
import { type FetchedText, fetchText } from '../../outgoing/fetch-text.ts';
import { describeNetworkError } from '../../outgoing/network-errors.ts';
import type { CachedMeta } from '../../storage/cached-file.ts';
import type { ChatGptConfig } from './config.ts';

export const repositoryName = 'openai/codex';
/** Where the newest release cannot be learned and none was learned before. */
export const fallbackTag = 'main';

/** GitHub's own window; the wait when it refuses without naming an end, and (times 24) the longest that is believed. */
const rateLimitWindowMs = 60 * 60_000;

export interface CodexRepositoryOptions {
  config: Pick<ChatGptConfig, 'githubApiUrl' | 'githubRawUrl' | 'githubUrl'>;
  log: Logger;
  fetch: typeof fetch;
  /** Unix milliseconds. */
  now: () => number;
  /** For each request. */
  timeoutMs: number;
  /** Of one file. */
  maxBytes: number;
}

/** A file of a release; without `text` when it is still the one that is known. */
export interface ReleaseFile {
  text?: string;
  etag?: string;
}

interface GetOptions {
  headers?: Record<string, string>;
  /** Default true. */
  followsRedirects?: boolean;
  signal: AbortSignal | undefined;
}

export class CodexRepository {
  readonly #options: CodexRepositoryOptions;
  #askApiAfterMs = Number.NEGATIVE_INFINITY;

  constructor(options: CodexRepositoryOptions) {
    this.#options = options;
  }

  /** The tag of the newest release; undefined when GitHub does not say. Never rejects. */
  async findNewestTag(signal: AbortSignal | undefined): Promise<string | undefined> {
    return (await this.#askApi(signal)) ?? (await this.#askSite(signal));
  }

  /**
   * A file of a release; undefined when it has none there, or an empty one.
   * @param known the file as it was fetched last
   * @throws OpenCompatError OC_UPSTREAM_UNREACHABLE, OC_UPSTREAM_ERROR when GitHub does not say
   */
  async getFile(
    tag: string,
    path: string,
    known: CachedMeta | undefined,
    signal: AbortSignal | undefined,
  ): Promise<ReleaseFile | undefined> {
    // An etag says something about one address only, and the tag is part of the address.
    const knownEtag = known?.version === tag ? known.etag : undefined;
    const url = `${this.#options.config.githubRawUrl}/${repositoryName}/${encodeURIComponent(tag)}/${path}`;
    const answer = await this.#get(url, { headers: knownEtag ? { 'if-none-match': knownEtag } : {}, signal });
    if (answer.status === 404) return undefined;
    if (answer.status === 304 && knownEtag) return { etag: answer.headers.get('etag') ?? knownEtag };
    if (answer.status !== 200) {
      throw new OpenCompatError('OC_UPSTREAM_ERROR', { reason: `GitHub answered with HTTP ${answer.status}.` });
    }
    return answer.text.trim() === '' ? undefined : { text: answer.text, etag: answer.headers.get('etag') ?? undefined };
  }

  async #askApi(signal: AbortSignal | undefined): Promise<string | undefined> {
    const { config, log, now } = this.#options;
    if (now() < this.#askApiAfterMs) return undefined;
    const url = `${config.githubApiUrl}/repos/${repositoryName}/releases/latest`;
    const answer = await this.#tryToGet(url, { headers: { accept: 'application/vnd.github+json' }, signal });
    if (answer?.status === 403 || answer?.status === 429) {
      this.#askApiAfterMs = this.#rateLimitEndMs(answer.headers);
      log.debug('GitHub’s rate limit is reached', { until: new Date(this.#askApiAfterMs).toISOString() });
    }
    return answer?.status === 200 ? asTag(parseObject(answer.text)?.tag_name) : undefined;
  }

  /** GitHub's pages redirect to the newest release, and know nothing of the API's limit of 60 questions an hour. */
  async #askSite(signal: AbortSignal | undefined): Promise<string | undefined> {
    const url = `${this.#options.config.githubUrl}/${repositoryName}/releases/latest`;
    const answer = await this.#tryToGet(url, { followsRedirects: false, signal });
    return asTag(/\/releases\/tag\/([^/?#]+)$/.exec(answer?.headers.get('location') ?? '')?.[1]);
  }

  #rateLimitEndMs(headers: Headers): number {
    const nowMs = this.#options.now();
    const resetMs = Number(headers.get('x-ratelimit-reset') ?? Number.NaN) * 1000;
    const endMs = resetMs > nowMs ? resetMs : nowMs + rateLimitWindowMs;
    return Math.min(endMs, nowMs + 24 * rateLimitWindowMs);
  }

  async #tryToGet(url: string, options: GetOptions): Promise<FetchedText | undefined> {
    try {
      return await this.#get(url, options);
    } catch (error) {
      this.#options.log.debug('the newest release of Codex cannot be learned', { reason: (error as Error).message });
      return undefined;
    }
  }

  /** @throws OpenCompatError OC_UPSTREAM_UNREACHABLE */
  async #get(url: string, { headers, followsRedirects = true, signal }: GetOptions): Promise<FetchedText> {
    const { fetch, timeoutMs, maxBytes } = this.#options;
    try {
      return await fetchText(url, {
        fetch,
        headers: { 'user-agent': 'opencompat', ...headers },
        timeoutMs,
        maxBytes,
        followsRedirects,
        signal,
      });
    } catch (error) {
      const reason = describeNetworkError(error);
      throw new OpenCompatError('OC_UPSTREAM_UNREACHABLE', { provider: 'GitHub', reason }, { cause: error });
    }
  }
}

/** A release's name, if it can be part of an address and mean nothing else there. */
function asTag(value: unknown): string | undefined {
  const text = asText(value);
  return text && /^\w[\w.-]{0,99}$/.test(text) ? text : undefined;
}
