/**
 * The texts for the ChatGPT backend's `instructions`: Codex's own, fetched from its repository and kept on disk, or the
 * operator's file. Handing out a text never waits and never fails: memory, then disk, then the text shipped with the
 * package; a refresh happens behind that, and one that fails changes nothing.
 */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { OpenCompatError } from '../../errors.ts';
import { asText, parseObject } from '../../lenient-json.ts';
import type { Logger } from '../../log.ts';
import { ConfigError } from '../../options/faults.ts';
import { outgoingFetch } from '../../outgoing/fetch.ts';
import { describeFetchFailure, type FetchedText, fetchText } from '../../outgoing/fetch-text.ts';
import { type CachedMeta, createFileCache } from '../../storage/cached-file.ts';
import {
  type CataloguePrompts,
  cataloguePaths,
  generalPromptFile,
  promptFileFor,
  promptFiles,
  promptFolder,
  readCataloguePrompts,
} from './codex-prompts.ts';
import type { ChatGptConfig } from './config.ts';
import { neutralInstructions, shippedInstructions } from './instruction-texts.ts';

const repository = 'openai/codex';
/** Where the newest release cannot be learned and none was learned before. */
const fallbackTag = 'main';
const catalogueFile = 'codex-models.json';
const insistenceFile = 'insisting-models.json';

const maxFileBytes = 1024 * 1024;
const defaultTimeoutMs = 10_000;
/** A text that is missing is asked for again at the earliest after this. */
const backOffMs = 60_000;
/** GitHub's own window; the wait when it refuses without naming an end, and (times 24) the longest that is believed. */
const rateLimitWindowMs = 60 * 60_000;

/** More models than any account has. The oldest is forgotten for a new one. */
const maxInsisting = 64;
/** After this the backend is given another chance: it has dropped the demand before (2025). */
const insistenceLifeMs = 30 * 24 * 60 * 60_000;

export interface Instructions {
  /** Codex's text for a model, or the operator's file, as configured. Never waits, never throws. */
  textFor(model: string): string;
  /** The short text of a request that brings none. */
  readonly neutral: string;
  /** Has the backend lately refused any other text than Codex's for this model? */
  insists(model: string): boolean;
  /** Remembers that it did; resolves when that is on disk. Never rejects. */
  learn(model: string): Promise<void>;
  /**
   * Asks for newer texts; calls at the same time share one refresh, under the first one's signal.
   * @throws OpenCompatError OC_UPSTREAM_UNREACHABLE, OC_UPSTREAM_ERROR; what was known before goes on being served
   */
  refresh(signal?: AbortSignal): Promise<void>;
}

export interface InstructionsOptions {
  config: Pick<
    ChatGptConfig,
    | 'baseDir'
    | 'cacheDir'
    | 'file'
    | 'githubApiUrl'
    | 'githubRawUrl'
    | 'githubUrl'
    | 'instructions'
    | 'instructionsFile'
    | 'instructionsRefresh'
    | 'instructionsTag'
  >;
  log: Logger;
  fetch?: typeof fetch;
  /** Unix milliseconds. */
  now?: () => number;
  /** For each request to GitHub. */
  timeoutMs?: number;
}

/** @throws ConfigError when the configuration names a file of instructions that cannot be read */
export function createInstructions(options: InstructionsOptions): Instructions {
  const { config, log, now = Date.now } = options;
  const operatorFile = config.instructions === 'file' ? createOperatorFile(config, log) : undefined;
  const codex = createCodexTexts(options);
  return {
    textFor: (model) => operatorFile?.text() ?? codex.textFor(model),
    neutral: neutralInstructions,
    ...createInsistence(config.cacheDir, log, now),
    refresh: (signal) => (operatorFile ? operatorFile.refresh() : codex.refresh(signal)),
  };
}

function createOperatorFile({ baseDir, file, instructionsFile }: InstructionsOptions['config'], log: Logger) {
  const fault = (reason: string) =>
    new ConfigError([{ path: 'instructionsFile', value: instructionsFile, reason }], file);
  if (!instructionsFile) throw fault('must be the path of a text, because instructions is `file`');
  const path = resolve(baseDir, instructionsFile);

  function read(): string {
    try {
      if (statSync(path).size > maxFileBytes) throw new RangeError(`larger than ${maxFileBytes} bytes`);
      return readFileSync(path, 'utf8');
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw fault(`cannot be read (${code ?? message})`);
    }
  }

  let text = read();
  return {
    text: () => text,
    async refresh() {
      try {
        text = read();
      } catch (error) {
        log.warn('the instructions file cannot be read any more; its last text is used', {
          reason: (error as ConfigError).faults[0]!.reason,
          path,
        });
      }
    },
  };
}

function createCodexTexts({
  config,
  log,
  fetch = outgoingFetch,
  now = Date.now,
  timeoutMs = defaultTimeoutMs,
}: InstructionsOptions) {
  const cache = createFileCache({ directory: config.cacheDir, maxBytes: maxFileBytes, log });
  let catalogue: (CachedMeta & CataloguePrompts) | undefined;
  const files = new Map<string, CachedMeta & { text: string }>();
  let isLoaded = false;
  let knownTag: string | undefined;
  let askTagAfterMs = Number.NEGATIVE_INFINITY;
  let refreshing: Promise<void> | undefined;
  let askTextAfterMs = Number.NEGATIVE_INFINITY;

  function load(): void {
    if (isLoaded) return;
    isLoaded = true;
    for (const name of promptFiles) {
      const entry = cache.read(name);
      if (entry) files.set(name, entry);
    }
    const newestFile = [...files.values()].reduce<CachedMeta | undefined>(newer, undefined);
    const { text, ...meta } = cache.read(catalogueFile) ?? { text: '', version: '', fetchedAtMs: 0 };
    const prompts = readCataloguePrompts(parseObject(text));
    // Files that were fetched later are of a release without a catalogue.
    const isNewest = meta.fetchedAtMs >= (newestFile?.fetchedAtMs ?? 0);
    if (prompts.general && isNewest) catalogue = { ...prompts, ...meta };
    const { version } = catalogue ?? newestFile ?? { version: '' };
    knownTag = version === '' || version === fallbackTag ? undefined : version;
  }

  function textFor(model: string): string {
    load();
    const fileText = (name = '') => files.get(name)?.text;
    const text =
      catalogue?.byModel.get(model) ??
      fileText(promptFileFor(model)) ??
      catalogue?.general ??
      fileText(generalPromptFile);
    if (text !== undefined) return text;
    refreshBehindTheScenes();
    return shippedInstructions;
  }

  function refreshBehindTheScenes(): void {
    if (config.instructionsRefresh === 0 || now() < askTextAfterMs) return;
    askTextAfterMs = now() + backOffMs;
    refresh().catch((error: Error) => {
      log.warn('Codex’s instructions cannot be fetched; a shipped text stands in', { reason: error.message });
    });
  }

  function refresh(signal?: AbortSignal): Promise<void> {
    refreshing ??= fetchAll(signal).finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  }

  async function fetchAll(signal: AbortSignal | undefined): Promise<void> {
    load();
    const tag = await findTag(signal);
    if (await fetchCatalogue(tag, signal)) return;
    let found = 0;
    for (const name of promptFiles) if (await fetchPromptFile(tag, name, signal)) found++;
    if (found > 0) {
      // Texts of another release must not hide the files of this one.
      if (catalogue?.version !== tag) catalogue = undefined;
      return;
    }
    throw new OpenCompatError('OC_UPSTREAM_ERROR', {
      reason: `${repository} ${tag} has no instruction texts where they are known to be; \`instructionsTag\` can name another release.`,
    });
  }

  /** Asked once for all files. What is known already does for as long as GitHub does not say. */
  async function findTag(signal: AbortSignal | undefined): Promise<string> {
    if (config.instructionsTag !== 'latest') return config.instructionsTag;
    knownTag = (await askApiForTag(signal)) ?? (await askSiteForTag(signal)) ?? knownTag;
    return knownTag ?? fallbackTag;
  }

  async function askApiForTag(signal: AbortSignal | undefined): Promise<string | undefined> {
    if (now() < askTagAfterMs) return undefined;
    const url = `${config.githubApiUrl}/repos/${repository}/releases/latest`;
    const answer = await tryToGet(url, { headers: { accept: 'application/vnd.github+json' }, signal });
    if (answer?.status === 403 || answer?.status === 429) {
      askTagAfterMs = rateLimitEndMs(answer.headers);
      log.debug('GitHub’s rate limit is reached', { until: new Date(askTagAfterMs).toISOString() });
    }
    return answer?.status === 200 ? asTag(parseObject(answer.text)?.tag_name) : undefined;
  }

  /** GitHub's pages redirect to the newest release, and know nothing of the API's limit of 60 questions an hour. */
  async function askSiteForTag(signal: AbortSignal | undefined): Promise<string | undefined> {
    const url = `${config.githubUrl}/${repository}/releases/latest`;
    const answer = await tryToGet(url, { followsRedirects: false, signal });
    return asTag(/\/releases\/tag\/([^/?#]+)$/.exec(answer?.headers.get('location') ?? '')?.[1]);
  }

  async function tryToGet(url: string, options: GetOptions): Promise<FetchedText | undefined> {
    try {
      return await get(url, options);
    } catch (error) {
      log.debug('the newest release of Codex cannot be learned', { reason: (error as Error).message });
      return undefined;
    }
  }

  function rateLimitEndMs(headers: Headers): number {
    const resetMs = Number(headers.get('x-ratelimit-reset') ?? Number.NaN) * 1000;
    const endMs = resetMs > now() ? resetMs : now() + rateLimitWindowMs;
    return Math.min(endMs, now() + 24 * rateLimitWindowMs);
  }

  /** @returns whether the release has a catalogue with texts in it */
  async function fetchCatalogue(tag: string, signal: AbortSignal | undefined): Promise<boolean> {
    for (const path of cataloguePaths) {
      const answer = await getFile(tag, path, catalogue, signal);
      if (!answer) continue;
      const meta = { version: tag, fetchedAtMs: now(), etag: answer.etag };
      if (answer.text === undefined) {
        catalogue = { ...catalogue!, ...meta };
        await cache.touch(catalogueFile, meta);
        return true;
      }
      const prompts = readCataloguePrompts(parseObject(answer.text));
      if (!prompts.general) continue;
      catalogue = { ...prompts, ...meta };
      await cache.write(catalogueFile, { text: answer.text, ...meta });
      return true;
    }
    return false;
  }

  async function fetchPromptFile(tag: string, name: string, signal: AbortSignal | undefined): Promise<boolean> {
    const known = files.get(name);
    const answer = await getFile(tag, `${promptFolder}/${name}`, known, signal);
    if (!answer) return false;
    const entry = { text: answer.text ?? known!.text, version: tag, fetchedAtMs: now(), etag: answer.etag };
    files.set(name, entry);
    await (answer.text === undefined ? cache.touch(name, entry) : cache.write(name, entry));
    return true;
  }

  /**
   * A file of a release; undefined when it has none there (or an empty one), and without `text` when it is the known one.
   * @throws OpenCompatError when GitHub does not say
   */
  async function getFile(
    tag: string,
    path: string,
    known: CachedMeta | undefined,
    signal: AbortSignal | undefined,
  ): Promise<{ text?: string; etag?: string } | undefined> {
    // An etag says something about one address only, and the tag is part of the address.
    const knownEtag = known?.version === tag ? known.etag : undefined;
    const url = `${config.githubRawUrl}/${repository}/${encodeURIComponent(tag)}/${path}`;
    const answer = await get(url, { headers: knownEtag ? { 'if-none-match': knownEtag } : {}, signal });
    if (answer.status === 404) return undefined;
    if (answer.status === 304 && knownEtag) return { etag: answer.headers.get('etag') ?? knownEtag };
    if (answer.status !== 200) {
      throw new OpenCompatError('OC_UPSTREAM_ERROR', { reason: `GitHub answered with HTTP ${answer.status}.` });
    }
    return answer.text.trim() === '' ? undefined : { text: answer.text, etag: answer.headers.get('etag') ?? undefined };
  }

  async function get(url: string, { headers, followsRedirects = true, signal }: GetOptions): Promise<FetchedText> {
    try {
      return await fetchText(url, {
        fetch,
        headers: { 'user-agent': 'opencompat', ...headers },
        timeoutMs,
        maxBytes: maxFileBytes,
        followsRedirects,
        signal,
      });
    } catch (error) {
      const reason = describeFetchFailure(error);
      throw new OpenCompatError('OC_UPSTREAM_UNREACHABLE', { provider: 'GitHub', reason }, { cause: error });
    }
  }

  return { textFor, refresh };
}

interface GetOptions {
  headers?: Record<string, string>;
  /** Default true. */
  followsRedirects?: boolean;
  signal: AbortSignal | undefined;
}

/** A release's name, if it can be part of an address and mean nothing else there. */
function asTag(value: unknown): string | undefined {
  const text = asText(value);
  return text && /^\w[\w.-]{0,99}$/.test(text) ? text : undefined;
}

function newer(newest: CachedMeta | undefined, other: CachedMeta): CachedMeta {
  return newest && newest.fetchedAtMs >= other.fetchedAtMs ? newest : other;
}

/** The models whose backend has refused other texts, with when it did; on disk, because the next start would ask again. */
function createInsistence(cacheDir: string, log: Logger, now: () => number): Pick<Instructions, 'insists' | 'learn'> {
  const cache = createFileCache({ directory: cacheDir, maxBytes: maxFileBytes, log });
  let learnedAtMs: Map<string, number> | undefined;
  let writing = Promise.resolve();

  function load(): Map<string, number> {
    if (learnedAtMs) return learnedAtMs;
    const known = Object.entries(parseObject(cache.read(insistenceFile)?.text ?? '') ?? {});
    const usable = known.filter((entry): entry is [string, number] => typeof entry[1] === 'number');
    learnedAtMs = new Map(usable.slice(-maxInsisting));
    return learnedAtMs;
  }

  return {
    insists(model) {
      const atMs = load().get(model);
      return atMs !== undefined && now() - atMs < insistenceLifeMs;
    },
    learn(model) {
      const models = load();
      // Taken out first, so that the order is that of learning.
      models.delete(model);
      if (models.size >= maxInsisting) models.delete(models.keys().next().value!);
      models.set(model, now());
      const text = `${JSON.stringify(Object.fromEntries(models))}\n`;
      writing = writing.then(() => cache.write(insistenceFile, { text, version: '', fetchedAtMs: now() }));
      return writing;
    },
  };
}
