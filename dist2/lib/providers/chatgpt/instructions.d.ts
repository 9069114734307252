/**
 * The texts for the ChatGPT backend's `instructions`: Codex's own, fetched from its repository and kept on disk, or the
 * operator's file. Handing out a text never waits and never fails: memory, then disk, then the text shipped with the
 * package; a refresh happens behind that, and one that fails changes nothing.
 */
import type { Logger } from '../../log.ts';
import type { ChatGptConfig } from './config.ts';
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
    config: Pick<ChatGptConfig, 'baseDir' | 'cacheDir' | 'file' | 'githubApiUrl' | 'githubRawUrl' | 'githubUrl' | 'instructions' | 'instructionsFile' | 'instructionsRefresh' | 'instructionsTag'>;
    log: Logger;
    fetch?: typeof fetch;
    /** Unix milliseconds. */
    now?: () => number;
    /** For each request to GitHub. */
    timeoutMs?: number;
}
/** @throws ConfigError when the configuration names a file of instructions that cannot be read */
export declare function createInstructions(options: InstructionsOptions): Instructions;
