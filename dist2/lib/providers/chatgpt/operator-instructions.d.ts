import type { Logger } from '../../log.ts';
import type { ChatGptConfig } from './config.ts';
type OperatorInstructionsConfig = Pick<ChatGptConfig, 'baseDir' | 'file' | 'instructionsFile'>;
export declare class OperatorInstructions {
    #private;
    /**
     * @param maxBytes of the file
     * @throws ConfigError when there is no such file, or it cannot be read
     */
    constructor(config: OperatorInstructionsConfig, log: Logger, maxBytes: number);
    get text(): string;
    /** Reads the file again. Never throws: the last text stays. */
    refresh(): void;
}
export {};
