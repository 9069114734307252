import type { LoadedConfig } from '../config/load.ts';
import type { Logger } from '../log.ts';
import type { ConfigReloads, ConfigState, ReloadReport } from './config-state.ts';
import type { Snapshot, SnapshotPlan } from './snapshot.ts';
export interface ReloaderOptions {
    /** Reads the configuration anew. @throws ConfigError */
    load(): LoadedConfig | Promise<LoadedConfig>;
    current(): Snapshot;
    /** Loads the plugins, checks all options. @throws ConfigError */
    plan(loaded: LoadedConfig): Promise<SnapshotPlan>;
    /** Opens what the plan asks for. @throws ConfigError */
    open(plan: SnapshotPlan): Promise<Snapshot>;
    /** Lets new requests begin on it. */
    take(next: Snapshot): void;
    /** The files whose changes are taken up as they happen. */
    files(): readonly string[];
    log: Logger;
}
export declare class Reloader implements ConfigReloads {
    #private;
    constructor(options: ReloaderOptions);
    get state(): ConfigState;
    /**
     * One after the other. Never rejects.
     * @param reason for the log
     * @param isQuiet nobody has asked for it: what is neither changed nor newly at fault is not worth a line
     */
    reload(reason: string, isQuiet?: boolean): Promise<ReloadReport>;
    /** Watches the files that count now, and where their links lead now. */
    watch(): void;
    /** Begins no further one, and waits for the last. */
    close(): Promise<void>;
}
