import { type RegularSink, type RunWriterOptions } from './run-writer.ts';
import type { CanonicalEvent } from './types.ts';
export interface RegulariserOptions extends RunWriterOptions {
    /** Unique; items without an id get one made from it. */
    id: string;
}
export declare class Regulariser {
    #private;
    constructor(sink: RegularSink, { id, ...options }: RegulariserOptions);
    /** The items so far, as last given. */
    get output(): object[];
    take(event: CanonicalEvent): void;
}
