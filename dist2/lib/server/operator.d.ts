import type { Logger } from '../log.ts';
/** A server that runs. */
export interface ServerAddress {
    /** As `http://127.0.0.1:8080`. */
    readonly url: string;
    /** For requests that are the operator's alone. */
    readonly key: string;
}
export declare function createOperatorKey(): string;
/**
 * Leaves the address. Without it the server works all the same.
 * @returns the function that takes it away again
 */
export declare function leaveAddress(dataDir: string, address: ServerAddress, log: Logger): Promise<() => Promise<void>>;
/** The servers that run on this machine with this data folder. */
export declare function findServers(dataDir: string): ServerAddress[];
