import type { Logger } from '../log.ts';
export declare class FileWatch {
    #private;
    constructor(onChange: () => void, log: Logger);
    /** Watches these files from now on, and no others. Files that are not there yet are waited for. */
    watch(files: readonly string[]): void;
    close(): void;
}
