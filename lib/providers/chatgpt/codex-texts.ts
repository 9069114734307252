/**
 * Codex's instruction texts by model: of a release's catalogue (`models.json`), or of its files for releases before that.
 * Kept in memory and on disk; `codex-prompts.ts` knows where a release has them.
 */
import { OpenCompatError } from '../../errors.ts';
import { parseObject } from '../../lenient-json.ts';
import type { Logger } from '../../log.ts';
import type { CachedMeta, FileCache } from '../../storage/cached-file.ts';
import {
  type CataloguePrompts,
  cataloguePaths,
  generalPromptFile,
  promptFileFor,
  promptFiles,
  promptFolder,
  readCataloguePrompts,
} from './codex-prompts.ts';
import { type CodexRepository, fallbackTag, repositoryName } from './codex-repository.ts';
import type { ChatGptConfig } from './config.ts';

const catalogueFile = 'codex-models.json';
/** A text that is missing is asked for again at the earliest after this. */
const backOffMs = 60_000;

export interface CodexTextsOptions {
  config: Pick<ChatGptConfig, 'instructionsRefresh' | 'instructionsTag'>;
  repository: CodexRepository;
  cache: FileCache;
  log: Logger;
  /** Unix milliseconds. */
  now: () => number;
}

type Catalogue = CachedMeta & CataloguePrompts;
type PromptFile = CachedMeta & { text: string };

export class CodexTexts {
  readonly #options: CodexTextsOptions;
  #catalogue: Catalogue | undefined;
  readonly #files = new Map<string, PromptFile>();
  #isLoaded = false;
  #knownTag: string | undefined;
  #refreshing: Promise<void> | undefined;
  #askAfterMs = Number.NEGATIVE_INFINITY;

  constructor(options: CodexTextsOptions) {
    this.#options = options;
  }

  /** Undefined while none is known; one is fetched behind the scenes then. Never waits, never throws. */
  textFor(model: string): string | undefined {
    this.#load();
    const fileText = (name = '') => this.#files.get(name)?.text;
    const text =
      this.#catalogue?.byModel.get(model) ??
      fileText(promptFileFor(model)) ??
      this.#catalogue?.general ??
      fileText(generalPromptFile);
    if (text === undefined) this.#refreshBehindTheScenes();
    return text;
  }

  /**
   * Calls at the same time share one refresh, under the first one's signal.
   * @throws OpenCompatError OC_UPSTREAM_UNREACHABLE, OC_UPSTREAM_ERROR; what was known before stays
   */
  refresh(signal?: AbortSignal): Promise<void> {
    this.#refreshing ??= this.#fetchAll(signal).finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  #load(): void {
    if (this.#isLoaded) return;
    this.#isLoaded = true;
    const { cache } = this.#options;
    for (const name of promptFiles) {
      const entry = cache.read(name);
      if (entry) this.#files.set(name, entry);
    }
    const newestFile = [...this.#files.values()].reduce<CachedMeta | undefined>(newer, undefined);
    const { text, ...meta } = cache.read(catalogueFile) ?? { text: '', version: '', fetchedAtMs: 0 };
    const prompts = readCataloguePrompts(parseObject(text));
    // Files that were fetched later are of a release without a catalogue.
    const isNewest = meta.fetchedAtMs >= (newestFile?.fetchedAtMs ?? 0);
    if (prompts.general && isNewest) this.#catalogue = { ...prompts, ...meta };
    const { version } = this.#catalogue ?? newestFile ?? { version: '' };
    this.#knownTag = version === '' || version === fallbackTag ? undefined : version;
  }

  #refreshBehindTheScenes(): void {
    const { config, log, now } = this.#options;
    if (config.instructionsRefresh === 0 || now() < this.#askAfterMs) return;
    this.#askAfterMs = now() + backOffMs;
    this.refresh().catch((error: Error) => {
      log.warn('Codex’s instructions cannot be fetched; a shipped text stands in', { reason: error.message });
    });
  }

  async #fetchAll(signal: AbortSignal | undefined): Promise<void> {
    this.#load();
    const tag = await this.#findTag(signal);
    if (await this.#fetchCatalogue(tag, signal)) return;
    let found = 0;
    for (const name of promptFiles) if (await this.#fetchPromptFile(tag, name, signal)) found++;
    if (found === 0) {
      throw new OpenCompatError('OC_UPSTREAM_ERROR', {
        reason: `${repositoryName} ${tag} has no instruction texts where they are known to be; \`instructionsTag\` can name another release.`,
      });
    }
    // Texts of another release must not hide the files of this one.
    if (this.#catalogue?.version !== tag) this.#catalogue = undefined;
  }

  /** Asked once for all files. What is known already does for as long as GitHub does not say. */
  async #findTag(signal: AbortSignal | undefined): Promise<string> {
    const { config, repository } = this.#options;
    if (config.instructionsTag !== 'latest') return config.instructionsTag;
    this.#knownTag = (await repository.findNewestTag(signal)) ?? this.#knownTag;
    return this.#knownTag ?? fallbackTag;
  }

  /** @returns whether the release has a catalogue with texts in it */
  async #fetchCatalogue(tag: string, signal: AbortSignal | undefined): Promise<boolean> {
    const { cache, repository, now } = this.#options;
    for (const path of cataloguePaths) {
      const answer = await repository.getFile(tag, path, this.#catalogue, signal);
      if (!answer) continue;
      const meta = { version: tag, fetchedAtMs: now(), etag: answer.etag };
      if (answer.text === undefined) {
        this.#catalogue = { ...this.#catalogue!, ...meta };
        await cache.touch(catalogueFile, meta);
        return true;
      }
      const prompts = readCataloguePrompts(parseObject(answer.text));
      if (!prompts.general) continue;
      this.#catalogue = { ...prompts, ...meta };
      await cache.write(catalogueFile, { text: answer.text, ...meta });
      return true;
    }
    return false;
  }

  async #fetchPromptFile(tag: string, name: string, signal: AbortSignal | undefined): Promise<boolean> {
    const { cache, repository, now } = this.#options;
    const known = this.#files.get(name);
    const answer = await repository.getFile(tag, `${promptFolder}/${name}`, known, signal);
    if (!answer) return false;
    const entry = { text: answer.text ?? known!.text, version: tag, fetchedAtMs: now(), etag: answer.etag };
    this.#files.set(name, entry);
    await (answer.text === undefined ? cache.touch(name, entry) : cache.write(name, entry));
    return true;
  }
}

function newer(newest: CachedMeta | undefined, other: CachedMeta): CachedMeta {
  return newest && newest.fetchedAtMs >= other.fetchedAtMs ? newest : other;
}
