/** The models whose backend has refused other texts than Codex's; on disk, because the next start would ask again. */
import { parseObject } from '../../lenient-json.ts';
import type { FileCache } from '../../storage/cached-file.ts';

const fileName = 'insisting-models.json';
/** More models than any account has. The oldest is forgotten for a new one. */
const maxModels = 64;
/** After this the backend is given another chance: it has dropped the demand before (2025). */
const lifeMs = 30 * 24 * 60 * 60_000;

export class InsistingModels {
  readonly #cache: FileCache;
  readonly #now: () => number;
  /** Unix milliseconds by model, in the order of learning; undefined: not read yet. */
  #learnedAtMs: Map<string, number> | undefined;
  #writing = Promise.resolve();

  /** @param now Unix milliseconds */
  constructor(cache: FileCache, now: () => number) {
    this.#cache = cache;
    this.#now = now;
  }

  has(model: string): boolean {
    const atMs = this.#load().get(model);
    return atMs !== undefined && this.#now() - atMs < lifeMs;
  }

  /** Resolves when it is on disk. Never rejects. */
  learn(model: string): Promise<void> {
    const models = this.#load();
    // Taken out first, so that the order is that of learning.
    models.delete(model);
    if (models.size >= maxModels) models.delete(models.keys().next().value!);
    models.set(model, this.#now());
    const text = `${JSON.stringify(Object.fromEntries(models))}\n`;
    this.#writing = this.#writing.then(() =>
      this.#cache.write(fileName, { text, version: '', fetchedAtMs: this.#now() }),
    );
    return this.#writing;
  }

  #load(): Map<string, number> {
    if (this.#learnedAtMs) return this.#learnedAtMs;
    const known = Object.entries(parseObject(this.#cache.read(fileName)?.text ?? '') ?? {});
    const usable = known.filter((entry): entry is [string, number] => typeof entry[1] === 'number');
    this.#learnedAtMs = new Map(usable.slice(-maxModels));
    return this.#learnedAtMs;
  }
}
