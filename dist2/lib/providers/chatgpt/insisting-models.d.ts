import type { FileCache } from '../../storage/cached-file.ts';
export declare class InsistingModels {
    #private;
    /** @param now Unix milliseconds */
    constructor(cache: FileCache, now: () => number);
    has(model: string): boolean;
    /** Resolves when it is on disk. Never rejects. */
    learn(model: string): Promise<void>;
}
