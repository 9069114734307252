/** The operator's own text for the ChatGPT backend's `instructions`. */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Logger } from '../../log.ts';
import { ConfigError } from '../../options/faults.ts';
import type { ChatGptConfig } from './config.ts';

type OperatorInstructionsConfig = Pick<ChatGptConfig, 'baseDir' | 'file' | 'instructionsFile'>;

export class OperatorInstructions {
  readonly #config: OperatorInstructionsConfig;
  readonly #log: Logger;
  readonly #maxBytes: number;
  readonly #path: string;
  #text: string;

  /**
   * @param maxBytes of the file
   * @throws ConfigError when there is no such file, or it cannot be read
   */
  constructor(config: OperatorInstructionsConfig, log: Logger, maxBytes: number) {
    this.#config = config;
    this.#log = log;
    this.#maxBytes = maxBytes;
    if (!config.instructionsFile) throw this.#fault('must be the path of a text, because instructions is `file`');
    this.#path = resolve(config.baseDir, config.instructionsFile);
    this.#text = this.#read();
  }

  get text(): string {
    return this.#text;
  }

  /** Reads the file again. Never throws: the last text stays. */
  refresh(): void {
    try {
      this.#text = this.#read();
    } catch (error) {
      this.#log.warn('the instructions file cannot be read any more; its last text is used', {
        reason: (error as ConfigError).faults[0]!.reason,
        path: this.#path,
      });
    }
  }

  #read(): string {
    try {
      if (statSync(this.#path).size > this.#maxBytes) throw new RangeError(`larger than ${this.#maxBytes} bytes`);
      return readFileSync(this.#path, 'utf8');
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw this.#fault(`cannot be read (${code ?? message})`);
    }
  }

  #fault(reason: string): ConfigError {
    const { file, instructionsFile: value } = this.#config;
    return new ConfigError([{ path: 'instructionsFile', value, reason }], file);
  }
}
