import type { HttpExchange } from '../chain/exchange.ts';
import type { Config } from '../config/schema.ts';
import type { LastingParts } from './lasting-parts.ts';
import type { Snapshot } from './snapshot.ts';
/** The snapshot on which requests begin, and those before it on which some still run. */
export declare class Snapshots {
    #private;
    constructor(first: Snapshot, parts: Pick<LastingParts, 'log' | 'availability' | 'quotas' | 'scheduler'>);
    get current(): Snapshot;
    get config(): Config;
    /** Every exchange that runs. */
    live(): Iterable<HttpExchange>;
    /** Lets requests begin on the next one. The one before is closed when its last exchange has ended. */
    take(next: Snapshot): void;
    /** Says what is odd about the current aliases, now and as the lists of models come. */
    watchAliases(): void;
    /** Closes them all. */
    close(): Promise<void>;
}
