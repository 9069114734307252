/**
 * The texts for the ChatGPT backend's `instructions`: Codex's own, fetched from its repository and kept on disk, or the
 * operator's file. Handing out a text never waits and never fails: memory, then disk, then the text shipped with the
 * package; a refresh happens behind that, and one that fails changes nothing.
 */
import type { Logger } from '../../log.ts';
import { outgoingFetch } from '../../outgoing/fetch.ts';
import { createFileCache } from '../../storage/cached-file.ts';
import { CodexRepository } from './codex-repository.ts';
import { CodexTexts } from './codex-texts.ts';
import type { ChatGptConfig } from './config.ts';
import { InsistingModels } from './insisting-models.ts';
import { neutralInstructions, shippedInstructions } from './instruction-texts.ts';
import { OperatorInstructions } from './operator-instructions.ts';

const maxFileBytes = 1024 * 1024;
const defaultTimeoutMs = 10_000;

export interface Instructions {
  /** Codex's text for a model, or the operator's file, as configured. Never waits, never throws. */
  textFor(model: string): string;
  /** The short text for a request without one. */
  readonly neutral: string;
  /** Has the backend lately refused any other text than Codex's for this model? */
  insists(model: string): boolean;
  /** Remembers that it did; resolves when that is on disk. Never rejects. */
  learn(model: string): Promise<void>;
  /**
   * Asks for newer texts; calls at the same time share one refresh, under the first one's signal.
   * @throws OpenCompatError OC_UPSTREAM_UNREACHABLE, OC_UPSTREAM_ERROR; the texts known before stay in use
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
  const { config, log, fetch = outgoingFetch, now = Date.now, timeoutMs = defaultTimeoutMs } = options;
  const cache = createFileCache({ directory: config.cacheDir, maxBytes: maxFileBytes, log });
  const operators = config.instructions === 'file' ? new OperatorInstructions(config, log, maxFileBytes) : undefined;
  const repository = new CodexRepository({ config, log, fetch, now, timeoutMs, maxBytes: maxFileBytes });
  const codex = new CodexTexts({ config, repository, cache, log, now });
  const insisting = new InsistingModels(cache, now);
  return {
    textFor: (model) => operators?.text ?? codex.textFor(model) ?? shippedInstructions,
    neutral: neutralInstructions,
    insists: (model) => insisting.has(model),
    learn: (model) => insisting.learn(model),
    async refresh(signal) {
      if (operators) operators.refresh();
      else await codex.refresh(signal);
    },
  };
}
